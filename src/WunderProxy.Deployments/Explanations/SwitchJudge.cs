using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Explanations;

/// <summary>Says what the numbers around a switch show.</summary>
internal static class SwitchJudge
{
    /// <summary>Fewest requests of each revision that are compared.</summary>
    private const int MinRequests = 20;

    /// <summary>Least difference of the error shares that is told: one request in a hundred.</summary>
    private const double MinShareDifference = 0.01;

    /// <summary>Least factor by which the slowest requests must have become slower.</summary>
    private const double MinSlowdown = 1.5;

    /// <summary>Least delay in seconds that is told; a smaller one may come from the machine.</summary>
    private const double MinDelaySeconds = 0.02;

    /// <summary>Returns what the switch led to.</summary>
    public static LikelyCause Judge(SwitchRecord done) =>
        OfGuard(done)
        ?? (done.FromRevision.Length == 0 ? Plain("first", "Nothing served before, so that there is nothing to compare.") : null)
        ?? (done.Before is not { Requests: >= MinRequests } || done.After is not { Requests: >= MinRequests }
            ? Plain("too_few_requests", "There are too few requests of one of the revisions to compare them.")
            : Compare(done, done.Before, done.After));

    private static LikelyCause? OfGuard(SwitchRecord done) => done.Guard?.State switch
    {
        GuardState.SwitchedBack => new LikelyCause(
            "switched_back",
            $"The guard switched back from {done.Guard.Revision}: {done.Guard.Reason}.",
            "Look for the reason in the log of the rejected revision; it is launched again only by a new deploy.")
        {
            PublicText = $"The guard switched back from {done.Guard.Revision}, which was clearly worse.",
        },
        GuardState.Kept => new LikelyCause(
            "guard_kept",
            $"The guard found {done.Revision} worse and could not switch back: {done.Guard.Reason}.",
            "Roll back by hand as soon as the earlier revision can run.")
        {
            PublicText = $"The guard found {done.Revision} worse and could not switch back.",
        },
        _ => null,
    };

    private static LikelyCause Compare(SwitchRecord done, TrafficSummary before, TrafficSummary after)
    {
        if (after.ErrorShare - before.ErrorShare >= MinShareDifference)
        {
            return Worse("more_errors", Say($"{done.Revision} answers {after.ErrorShare:P1} of the requests with 5xx; {done.FromRevision} answered {before.ErrorShare:P1} so."));
        }

        if (after.P99 >= before.P99 * MinSlowdown && after.P99 - before.P99 >= MinDelaySeconds)
        {
            return Worse("slower", Say($"{done.Revision} is slower: 99% of its requests take up to {after.P99 * 1000:0} ms, those of {done.FromRevision} took {before.P99 * 1000:0} ms."));
        }

        return done.Drain is { CutOff: > 0 } drain
            ? Plain(
                "exchanges_cut",
                Say($"Both revisions answer alike, but {drain.CutOff} exchanges of {done.FromRevision} did not end within the drain's time limit and were closed."),
                "Raise --drain-timeout or --drain-upgraded-timeout if those requests may take longer.")
            : Plain("alike", "Both revisions answer alike.");
    }

    private static LikelyCause Worse(string code, string text) => Plain(
        code, text, "Roll back (wunderproxy rollback), or look into the log of the new revision; with --guard the next switch undoes itself.");

    private static LikelyCause Plain(string code, string text, string advice = "") => new(code, text, advice) { PublicText = text };

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
