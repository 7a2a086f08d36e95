using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Chooses and gathers what is explained.</summary>
/// <param name="status">Reads the present state.</param>
/// <param name="lifecycle">The containers; null for <c>forward</c>.</param>
/// <param name="clock">The present time.</param>
internal sealed class Explainer(StatusReader status, IContainerLifecycle? lifecycle, TimeProvider clock)
{
    /// <summary>Share of 5xx from which errors are the most pressing matter, unless there are very few.</summary>
    private const double PressingShare = 0.01;

    private const int PressingCount = 5;

    /// <summary>Explains what the caller asked for, or what is most pressing.</summary>
    /// <param name="what">One of <see cref="ExplainedMatter.All"/>; null for what is most pressing.</param>
    /// <param name="hasRights">Whether the caller may read log lines, addresses and quotes.</param>
    /// <param name="cancellationToken">Cancels the questions to the engine.</param>
    public async Task<ExplanationDocument> ExplainAsync(string? what, bool hasRights, CancellationToken cancellationToken) => what switch
    {
        ExplainedMatter.Launch => ExplainLaunch(hasRights),
        ExplainedMatter.Switch => ExplainSwitch(hasRights),
        ExplainedMatter.Errors => await ExplainErrorsAsync(hasRights, cancellationToken),
        _ => await ExplainMostPressingAsync(hasRights, cancellationToken),
    };

    private async Task<ExplanationDocument> ExplainMostPressingAsync(bool hasRights, CancellationToken cancellationToken)
    {
        var errors = status.ReadErrors(clock.GetUtcNow()).ToView(clock.GetUtcNow());
        if (errors.ServerErrors >= PressingCount && errors.ErrorShare >= PressingShare)
        {
            return await ExplainErrorsAsync(hasRights, cancellationToken) with { Chosen = "requests have failed in the last ten minutes" };
        }

        var (launch, last) = (lifecycle?.ExplainLaunch()?.Launch, lifecycle?.ExplainSwitch()?.Switch);
        return launch is not null && !(last?.At > launch.At)
            ? ExplainLaunch(hasRights) with { Chosen = "nothing was switched to since this launch failed" }
            : last is not null
            ? ExplainSwitch(hasRights) with { Chosen = "it is the last thing that happened" }
            : ExplanationDocument.OfNothing(
                $"No launch has failed here and nothing was switched to, as far as is known, and {Failed(errors.ServerErrors)} in the last ten minutes.");
    }

    private static string Failed(long requests) => requests switch
    {
        0 => "no request has failed",
        1 => "one request has failed",
        _ => $"{requests} requests have failed",
    };

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

    private async Task<ExplanationDocument> ExplainErrorsAsync(bool hasRights, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var errors = status.ReadErrors(now).ToView(now);
        if (lifecycle is not null)
        {
            var incidents = lifecycle.Incidents.Where(incident => incident.At >= errors.Since);
            errors = errors with
            {
                Incidents = [.. hasRights ? incidents : incidents.Select(incident => incident.ForAnybody())],
                Circuits = lifecycle.Snapshot().Circuits,
                Container = hasRights ? await lifecycle.AskCurrentAsync(cancellationToken) : null,
            };
        }

        return ErrorsSummary.Of(errors, now);
    }
}
