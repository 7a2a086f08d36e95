using System.CommandLine;
using System.CommandLine.Help;
using WunderProxy.Certificates;
using WunderProxy.Configuration;

namespace WunderProxy.Cli;

/// <summary>
/// Reads options from the environment: <c>--api-token</c> is <c>WUNDERPROXY_API_TOKEN</c>. Variables are added to a
/// command line that does not name the option, so that one parser validates both and the command line takes precedence.
/// </summary>
internal static class EnvironmentArguments
{
    /// <summary>Start of the names of all variables.</summary>
    public const string Prefix = "WUNDERPROXY_";

    private static readonly HashSet<string> SecretNames =
        new(StringComparer.Ordinal) { "--api-token", "--api-token-file", "--peer-key-file", CertificateReader.PasswordOption };

    /// <summary>Returns the name of an option's variable.</summary>
    public static string VariableOf(string optionName) =>
        Prefix + optionName.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>Returns the arguments that the environment adds to a parsed command line.</summary>
    /// <exception cref="UsageException">A variable that holds a secret, or names its file, is empty.</exception>
    public static IReadOnlyList<string> For(ParseResult parsed, Func<string, string?> environment)
    {
        var arguments = new List<string>();
        foreach (var option in parsed.CommandResult.Command.Options.Where(option => IsAbsent(parsed, option)))
        {
            var value = environment(VariableOf(option.Name));
            if (value is "" && SecretNames.Contains(option.Name))
            {
                // An empty variable usually counts as unset; for these options that would turn protection off.
                throw new UsageException($"{VariableOf(option.Name)} is empty; give it a value, or do not set it");
            }

            if (value is { Length: > 0 })
            {
                arguments.AddRange(Values(option, value).Select(word => $"{option.Name}={word}"));
            }
        }

        return arguments;
    }

    private static bool IsAbsent(ParseResult parsed, Option option) =>
        option is not (HelpOption or VersionOption)
        && parsed.GetResult(option) is null or { Implicit: true };

    private static string[] Values(Option option, string value) => option switch
    {
        Option<bool> => [value switch { "1" => "true", "0" => "false", _ => value }],
        { Arity.MaximumNumberOfValues: > 1 } =>
            value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => [value],
    };
}
