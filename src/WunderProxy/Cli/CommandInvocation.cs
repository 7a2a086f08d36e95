using System.CommandLine;

namespace WunderProxy.Cli;

/// <summary>The configuration of a command's invocation, with facts that the parser does not know.</summary>
internal sealed class CommandInvocation : InvocationConfiguration
{
    /// <summary>Names, with their hyphens, of the options that came from the environment.</summary>
    public IReadOnlySet<string> FromEnvironment { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}
