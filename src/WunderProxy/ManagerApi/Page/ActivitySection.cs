using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>What goes on: the running operation, the guard's watch, and drains with what holds them.</summary>
internal static class ActivitySection
{
    private static readonly string[] Steps = ["fetching", "pulling", "creating", "starting", "checking", "ready", "current"];

    public static Html Write(PageModel model) => Html.Of(
        $"<h2>Going on</h2><div class=operation>{Operation(model)}</div><div class=scroll tabindex=0 role=group aria-label=\"Guard and drains\">{Guard(model)}{Drains(model)}</div>");

    private static Html Operation(PageModel model)
    {
        if (model.Facts.Lifecycle.Operation is not { } operation)
        {
            return Html.Of($"<p class=dim>No operation is running.</p>");
        }

        var step = operation.Progress;
        var words = step?.Message ?? operation.State;
        return Html.Of(
            $"<p><b>{Wording.Sentence(operation.Kind)}</b> <span class=name>{ShortId.Of(operation.Reference)}</span> for {Wording.Span(model.Now - operation.Since)}</p>{StepsOf(operation.State)}<p title=\"{words}\">{words}{Amount(step)}</p>{Bar(step)}");
    }

    private static Html StepsOf(string state)
    {
        var html = Html.Of($"<ol class=steps aria-label=\"Steps\">");
        var reached = Array.IndexOf(Steps, state);
        for (var index = 0; index < Steps.Length - 1; index++)
        {
            html.Add($"<li{(index == reached ? Now : index < reached ? Past : null)}>{Steps[index]}</li>");
        }

        return html.Add($"</ol>");
    }

    private static Html Now { get; } = Html.Of($" class=now aria-current=step");

    private static Html Past { get; } = Html.Of($" class=past");

    private static string Amount(DeploymentProgress? step) => step switch
    {
        { Done: { } done, Total: { } total } when total > 0 => $" ({Megabytes(done)} of {Megabytes(total)} MB)",
        { Done: { } done } => $" ({Megabytes(done)} MB)",
        _ => string.Empty,
    };

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);

    private static Html? Bar(DeploymentProgress? step) => step is { Done: { } done, Total: { } total } && total > 0
        ? Html.Of($"<progress aria-label=\"Progress of the step\" max={total} value={Math.Min(done, total)}></progress>")
        : Html.Of($"<progress aria-label=\"Progress of the step\"></progress>");

    private static Html? Guard(PageModel model)
    {
        if (model.Facts.Lifecycle.Guard is not { } guard)
        {
            return null;
        }

        var (revision, from) = (ShortName.Of(guard.Revision), ShortName.Of(guard.FromRevision));
        var (tone, words) = guard.State switch
        {
            GuardState.Watching => (Tone.Busy, $"watches {revision}, for {Wording.Span(TimeSpan.FromSeconds(guard.SecondsLeft))} more"),
            GuardState.Passed => (Tone.Good, $"found {revision} no worse than {from}"),
            GuardState.SwitchedBack => (Tone.Bad, $"switched back from {revision} to {from}"),
            GuardState.Kept => (Tone.Bad, $"found {revision} worse, but {from} could not take over"),
            GuardState.Superseded => (Tone.Busy, $"stopped watching {revision} at another switch"),
            _ => (Tone.Warning, $"could not watch {revision}"),
        };
        return Html.Of($"<p class=guard>{tone.Sign()} <b>Guard</b> {words}. {guard.Reason}</p>");
    }

    private static Html? Drains(PageModel model)
    {
        if (model.Drains.Count == 0)
        {
            return null;
        }

        var html = Html.Of($"<h3>Draining</h3><ul class=drains>");
        foreach (var drain in model.Drains)
        {
            html.Add($"<li><span class=name>{ShortName.Of(drain.Revision)}</span> {drain.Holds}{Left(drain)}{Button(model, drain)}</li>");
        }

        return html.Add($"</ul>");
    }

    private static Html? Left(DrainRow drain) => drain.Left > TimeSpan.Zero && drain.Total > TimeSpan.Zero
        ? Html.Of($", {Wording.Span(drain.Left)} left <progress aria-label=\"Time used by the drain\" max={(long)drain.Total.TotalSeconds} value={(long)Math.Clamp((drain.Total - drain.Left).TotalSeconds, 0, drain.Total.TotalSeconds)}></progress>")
        : null;

    private static Html? Button(PageModel model, DrainRow drain) => model.MayAct
        ? new ActionButton("Cut short", $"drains/{drain.Hash}/end", string.Empty, $"Cut the drain of {ShortName.Of(drain.Revision)} short?", $"What is left is closed at once: {drain.Holds}. Its clients see the connection end.") { Subject = ShortName.Of(drain.Revision) }.Write()
        : null;
}
