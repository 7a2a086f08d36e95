using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Puts the last switch into words.</summary>
internal static class SwitchSummary
{
    /// <summary>Puts a switch and what it led to into words.</summary>
    /// <param name="explanation">The switch and what it led to, for the eyes of the caller.</param>
    /// <param name="now">The present time.</param>
    public static ExplanationDocument Of(SwitchExplanation explanation, DateTimeOffset now)
    {
        var (done, cause) = explanation;
        var from = done.FromRevision.Length > 0 ? $" from {done.FromRevision}" : "";
        var by = done.By.Length > 0 ? $", by {done.By}" : "";
        var took = done.Seconds > 0 ? $"; the whole operation took {PlainText.Seconds(done.Seconds)}" : "";
        return new ExplanationDocument
        {
            What = ExplainedMatter.Switch,
            At = done.At,
            Cause = cause.Code,
            Summary = $"Traffic was switched{from} to {done.Revision} {PlainText.Ago(now - done.At)} ({done.Kind}{by}){took}. "
                + $"{cause.Text}{DrainOf(done)}{WatchOf(done)}",
            Advice = cause.Advice,
            Switch = done,
        };
    }

    private static string DrainOf(SwitchRecord done) => done.Drain switch
    {
        null => "",
        { State: DrainOutcome.Draining } drain => $" {done.FromRevision} still drains; {Exchanges(drain.InFlight)} in flight at the switch.",
        { State: DrainOutcome.Abandoned } => $" The drain of {done.FromRevision} was given up before its end.",
        { CutOff: 0 } drain => $" The drain of {done.FromRevision} ended after {PlainText.Seconds(drain.Seconds ?? 0)}; nothing was cut off.",
        { } drain => $" The drain of {done.FromRevision} ended after {PlainText.Seconds(drain.Seconds ?? 0)}, and {Exchanges(drain.CutOff)} cut off.",
    };

    private static string WatchOf(SwitchRecord done) => done.Guard?.State switch
    {
        GuardState.Watching => " The guard still watches.",
        GuardState.Passed => " The guard's watch has ended, and found nothing worse.",
        _ => "",
    };

    private static string Exchanges(int count) =>
        count == 1 ? "1 exchange was" : string.Create(CultureInfo.InvariantCulture, $"{count} exchanges were");
}
