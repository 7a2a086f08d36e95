using System.Text.RegularExpressions;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations.Causes;

/// <summary>One of the container's last lines complains about a variable that the container was not given.</summary>
internal static partial class MissingVariable
{
    private const int TimeoutMilliseconds = 200;

    /// <summary>Words in capitals that lines begin with, and names of exceptions: no variables.</summary>
    private static readonly HashSet<string> NoVariables = new(StringComparer.Ordinal)
    {
        "ERROR", "ERR", "FATAL", "WARN", "WARNING", "INFO", "DEBUG", "TRACE", "CRITICAL", "PANIC", "ENV", "JSON", "HTTP", "HTTPS", "URL",
        "TCP", "TLS", "SSL", "SQL", "UTC", "GMT", "PID", "NOT", "SET",
    };

    /// <summary>Returns the cause, or null if it is another one.</summary>
    public static LikelyCause? Find(FailedLaunch launch)
    {
        // A container that is killed or that answers was not stopped by a missing variable.
        if (!launch.HasExited() && launch.Code is not (LaunchFailure.Refused or LaunchFailure.Healthcheck))
        {
            return null;
        }

        foreach (var line in launch.LastLines())
        {
            if (FindName(line) is { } name && !launch.Variables.Contains(name, StringComparer.Ordinal))
            {
                return CauseOf(name, line.Trim());
            }
        }

        return null;
    }

    /// <summary>Returns the variable that a line calls missing; null if it calls none missing.</summary>
    internal static string? FindName(string line)
    {
        if (!Complaint().IsMatch(line))
        {
            return null;
        }

        var isAboutVariables = AboutVariables().IsMatch(line);
        return Name().Matches(line)
            .Where(match => !NoVariables.Contains(match.Groups["name"].Value))
            .FirstOrDefault(match => isAboutVariables || match.Groups["quote"].Success || match.Groups["name"].Value.Contains('_'))
            ?.Groups["name"].Value;
    }

    private static LikelyCause CauseOf(string name, string line) => new(
        "missing_variable",
        $"The application misses the environment variable {name}, which neither the launch config nor --cfg sets. It said: {line}",
        "Add the variable to ContainerConfig.Env of the launch config, or to the file given to --cfg, and deploy again.")
    {
        PublicText = "The application misses an environment variable, which neither the launch config nor --cfg sets.",
    };

    [GeneratedRegex(
        @"not set|unset|unbound|missing|required|not found|must be|undefined|not defined|is empty|not present|no such|cannot find|couldn't find|KeyError|not provided|not specified|not configured",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        TimeoutMilliseconds)]
    private static partial Regex Complaint();

    [GeneratedRegex(@"\benv|variable|parameter|KeyError", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeoutMilliseconds)]
    private static partial Regex AboutVariables();

    [GeneratedRegex(
        @"(?<quote>['""`\[$]\{?)?\b(?<name>[A-Z][A-Z0-9_]{2,63})\b",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        TimeoutMilliseconds)]
    private static partial Regex Name();
}
