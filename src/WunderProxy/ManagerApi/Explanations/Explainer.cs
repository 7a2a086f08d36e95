using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Chooses and gathers what is explained.</summary>
/// <param name="lifecycle">The containers; null for <c>forward</c>.</param>
/// <param name="clock">The present time.</param>
internal sealed class Explainer(IContainerLifecycle? lifecycle, TimeProvider clock)
{
    /// <summary>Explains what the caller asked for, or what is most pressing.</summary>
    /// <param name="what">One of <see cref="ExplainedMatter.All"/>; null for what is most pressing.</param>
    /// <param name="hasRights">Whether the caller may read log lines, addresses and quotes.</param>
    public ExplanationDocument Explain(string? what, bool hasRights) =>
        ExplainLaunch(hasRights) with { Chosen = what is null ? "it is the last thing that went wrong" : null };

    private ExplanationDocument ExplainLaunch(bool hasRights)
    {
        if (lifecycle?.ExplainLaunch() is not { } found)
        {
            return ExplanationDocument.OfNothing("No launch has failed here, as far as is known.");
        }

        var state = lifecycle.Snapshot();
        var since = state.Since > found.Launch.At ? state.Intended?.Revision : null;
        return LaunchSummary.Of(hasRights ? found : found.ForAnybody(), clock.GetUtcNow(), since);
    }
}
