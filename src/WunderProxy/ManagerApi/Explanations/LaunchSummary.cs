using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Puts the last failed launch into words.</summary>
internal static class LaunchSummary
{
    /// <summary>Puts the cause of a failed launch and its evidence into words.</summary>
    /// <param name="explanation">The launch and its cause, for the eyes of the caller.</param>
    /// <param name="now">The present time.</param>
    /// <param name="since">What was switched to after the launch; null if nothing was.</param>
    public static ExplanationDocument Of(LaunchExplanation explanation, DateTimeOffset now, string? since)
    {
        var (launch, cause) = explanation;
        var what = launch.Revision.Length > 0 ? launch.Revision
            : launch.Hash.Length > 0 ? $"launch config {ShortId.Of(launch.Hash)}"
            : "a launch config";
        var asked = launch.By.Length > 0 ? $", asked for by {launch.By} ({launch.Kind})," : launch.Kind == "start" ? "" : $" ({launch.Kind})";
        var after = launch.Steps.Count > 0 ? $" while {StepWords.Of(launch.Steps[^1].Step)}, after {PlainText.Seconds(launch.Seconds)}" : "";
        return new ExplanationDocument
        {
            What = ExplainedMatter.Launch,
            At = launch.At,
            Cause = cause.Code,
            Summary = $"The launch of {what}{asked} failed {PlainText.Ago(now - launch.At)}{after}. {cause.Text}"
                + (since is null ? "" : $" Since then traffic was switched to {since}."),
            Advice = cause.Advice,
            Launch = launch,
        };
    }
}
