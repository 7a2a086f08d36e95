using System.CommandLine;

namespace WunderProxy.Cli;

/// <summary>How a command is invoked, with what the parser alone does not tell.</summary>
internal sealed class CommandInvocation : InvocationConfiguration
{
    /// <summary>Names of the options that the environment gave, with their hyphens.</summary>
    public IReadOnlySet<string> FromEnvironment { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}
