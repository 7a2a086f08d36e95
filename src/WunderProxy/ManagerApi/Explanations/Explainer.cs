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
    public ExplanationDocument Explain(string? what, bool hasRights) => what switch
    {
        ExplainedMatter.Launch => ExplainLaunch(hasRights),
        ExplainedMatter.Switch => ExplainSwitch(hasRights),
        _ => ExplainMostPressing(hasRights),
    };

    private ExplanationDocument ExplainMostPressing(bool hasRights)
    {
        var (launch, last) = (lifecycle?.ExplainLaunch()?.Launch, lifecycle?.ExplainSwitch()?.Switch);
        return launch is not null && !(last?.At > launch.At)
            ? ExplainLaunch(hasRights) with { Chosen = "nothing was switched to since this launch failed" }
            : last is not null
            ? ExplainSwitch(hasRights) with { Chosen = "it is the last thing that happened" }
            : ExplanationDocument.OfNothing("No launch has failed here and nothing was switched to, as far as is known.");
    }

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

    private ExplanationDocument ExplainSwitch(bool hasRights) => lifecycle?.ExplainSwitch() is { } found
        ? SwitchSummary.Of(hasRights ? found : found.ForAnybody(), clock.GetUtcNow())
        : ExplanationDocument.OfNothing("Nothing was switched to here, as far as is known.");
}
