using System.CommandLine;
using System.CommandLine.Help;
using WunderProxy.Configuration;

namespace WunderProxy.Cli;

/// <summary>
/// Options from the environment: <c>--api-token</c> is <c>WUNDERPROXY_API_TOKEN</c>. They are put on the command
/// line where it does not name them, so that one parser judges both, and the command line wins.
/// </summary>
internal static class EnvironmentArguments
{
    /// <summary>What every variable begins with.</summary>
    public const string Prefix = "WUNDERPROXY_";

    private static readonly HashSet<string> SecretNames =
        new(StringComparer.Ordinal) { "--api-token", "--api-token-file", "--peer-key-file" };

    /// <summary>Name of the variable of an option.</summary>
    public static string VariableOf(string optionName) =>
        Prefix + optionName.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>The arguments that the environment adds to what was parsed.</summary>
    /// <exception cref="UsageException">A variable that is to hold a secret, or to name one, is empty.</exception>
    public static IReadOnlyList<string> For(ParseResult parsed, Func<string, string?> environment)
    {
        var arguments = new List<string>();
        foreach (var option in parsed.CommandResult.Command.Options.Where(option => IsAbsent(parsed, option)))
        {
            var value = environment(VariableOf(option.Name));
            if (value is "" && SecretNames.Contains(option.Name))
            {
                // An empty variable usually means that it is not set; here that would open what was to be closed.
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
