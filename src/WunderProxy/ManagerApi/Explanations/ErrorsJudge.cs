using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Finds the likely cause of the errors of the last ten minutes.</summary>
internal static class ErrorsJudge
{
    /// <summary>Causes that a container leaves behind when it ends: what was in flight breaks, what is new gets nowhere.</summary>
    private static readonly string[] OfDeath = ["no_upstream", "connect_refused", "upstream_closed", "response_incomplete"];

    /// <summary>The judges, in order: the first that recognises its cause decides.</summary>
    private static readonly Func<ErrorsView, LikelyCause?>[] Judges = [Nothing, Death, MostFrequent];

    /// <summary>Returns the likely cause of the errors, by the first judge that has one.</summary>
    public static LikelyCause Judge(ErrorsView errors) => Judges.Select(judge => judge(errors)).First(cause => cause is not null)!;

    private static LikelyCause? Nothing(ErrorsView errors)
    {
        if (errors.Groups.Any(group => group.Side != "client"))
        {
            return null;
        }

        var clients = errors.Groups.Sum(group => group.Count);
        return clients == 0
            ? Plain("none", "No exchange has failed.", "")
            : Plain("clients", Say($"Neither application nor proxy failed; {clients} exchanges were ended by their clients or refused because of them."), "");
    }

    private static LikelyCause? Death(ErrorsView errors)
    {
        var death = errors.Incidents.LastOrDefault(incident => incident.What == Incident.Died);
        var count = errors.Groups.Where(group => OfDeath.Contains(group.Cause, StringComparer.Ordinal)).Sum(group => group.Count);
        if (death is null || count == 0)
        {
            return null;
        }

        var back = errors.Incidents.FirstOrDefault(incident => incident.What == Incident.Back && incident.At >= death.At);
        var code = death.ExitCode is { } exit ? Say($" with exit code {exit}{MeaningOf(exit)}") : "";
        var until = back is null ? "; it is not back yet" : $", and took traffic again at {PlainText.Time(back.At)}";
        var deaths = errors.Incidents.Count(incident => incident.What == Incident.Died);
        var often = deaths > 1 ? Say($" It died {deaths} times.") : "";
        return Plain(
            "container_died",
            Say($"{count} exchanges failed because the container of {death.Revision} died: it ended at {PlainText.Time(death.At)}{code}{until}.{often}"),
            errors.Container?.IsOutOfMemory == true
                ? "The container was killed for its memory: raise HostConfig.Memory, or let the application use less."
                : "Read its last log lines below; if the revision is new, roll back. A peer (--peer) answers meanwhile what can be sent again.");
    }

    private static LikelyCause MostFrequent(ErrorsView errors)
    {
        var groups = errors.Groups.Where(group => group.Side != "client").ToArray();
        var cause = groups.GroupBy(group => group.Cause, StringComparer.Ordinal).MaxBy(group => group.Sum(member => member.Count))!;
        var count = cause.Sum(group => group.Count);
        var revisions = string.Join(", ", cause.Select(group => group.Revision).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal));
        var of = revisions.Length > 0 ? $" of {revisions}" : "";
        return cause.Key switch
        {
            "application_error" => Plain(
                "application_errors",
                Say($"The application itself answered {count} requests{of} with 5xx."),
                "Read its log; if these began with a switch, roll back."),
            "no_upstream" => Plain(
                "nothing_in_service",
                Say($"{count} requests found no application in service."),
                "Deploy, or look with what=launch why the last launch failed."),
            "paused" => Plain(
                "pause_too_long",
                Say($"{count} requests waited longer than a pause may last, or found its queue full."),
                "Resume (POST /resume), or raise --pause-timeout and --pause-queue."),
            "connect_refused" or "connect_timeout" => Plain(
                "not_reachable",
                Say($"{count} connects to the application{of} failed ({cause.Key}); no death of its container is known."),
                "Look whether the application still listens, and whether its queue of connections is full."),
            "response_timeout" => Plain(
                "too_slow",
                Say($"The application{of} did not begin to answer {count} requests within --response-timeout."),
                "Look what it waits for, such as a database; raise --response-timeout if such requests may take so long."),
            "upstream_closed" or "response_incomplete" or "bad_response" or "response_head_too_large" or "unasked_upgrade" => Plain(
                "broken_answers",
                Say($"The application{of} broke off {count} answers, or sent what is not valid HTTP (mostly {cause.Key})."),
                "Read its log: processes of it may crash while its container goes on."),
            "drain_deadline" => Plain(
                "drain_deadline",
                Say($"{count} exchanges{of} did not end before the end of a drain and were closed."),
                "Raise --drain-timeout if such requests may take so long."),
            "buffers_full" => Plain(
                "buffers_full",
                Say($"{count} requests could not be held whole, because the buffers were full."),
                "Raise --buffer-memory or --buffer-disk, or free space in --buffer-directory."),
            var other => Plain("other", Say($"{count} exchanges{of} failed, mostly with {other}."), "Look at the groups below, and at the log of the proxy."),
        };
    }

    private static string MeaningOf(long code) => code switch
    {
        0 => " (in order)",
        137 => " (killed)",
        139 => " (crashed)",
        143 => " (stopped by SIGTERM)",
        _ => "",
    };

    private static LikelyCause Plain(string code, string text, string advice) => new(code, text, advice) { PublicText = text };

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
