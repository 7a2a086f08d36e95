using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// The sentence at the top of the page. A screen reader speaks it when it changes, so it holds no figures that change
/// by the second.
/// </summary>
/// <param name="Tone">How the state is to be seen.</param>
/// <param name="Text">The state in one sentence.</param>
internal sealed record StateSentence(Tone Tone, string Text)
{
    /// <summary>The share of failed requests above which the state is bad.</summary>
    private const double TooManyErrors = 0.05;

    /// <summary>Describes the state of an application.</summary>
    public static StateSentence Of(PageModel model)
    {
        var revision = model.Revision is { } name ? ShortName.Of(name) : "the upstream";
        return model.Facts.Status switch
        {
            "draining" => new(Tone.Warning, $"Leaving: load balancers are told to go elsewhere, and {revision} still serves."),
            "starting" => new(Tone.Busy, $"Starting: nothing is in service yet{Doing(model)}."),
            "unavailable" => new(Tone.Bad, $"Not serving: {WhyNot(model)}{Doing(model)}."),
            "paused" => new(Tone.Warning, $"Paused: new requests wait, and {revision} finishes those it has."),
            _ => Serving(model, revision),
        };
    }

    private static StateSentence Serving(PageModel model, string revision)
    {
        if (model.Status.Upstream is { Health: "unhealthy" })
        {
            return new(Tone.Bad, $"Serving {revision}, but its health check fails{Doing(model)}.");
        }

        if (model.Recent.ErrorShare > TooManyErrors)
        {
            return new(Tone.Bad, $"Serving {revision}, but more than 5% of the requests fail{Doing(model)}.");
        }

        if (model.Facts.Lifecycle.Operation is not null)
        {
            return new(Tone.Busy, $"Serving {revision}{Doing(model)}.");
        }

        if (model.Facts.Lifecycle.Guard is { State: GuardState.Watching } guard)
        {
            return new(Tone.Busy, $"Serving {revision}, which the guard watches until {Wording.Clock(guard.Until)} UTC.");
        }

        if (model.Drains.Count > 0)
        {
            var earlier = string.Join(" and ", model.Drains.Select(drain => ShortName.Of(drain.Revision)).Distinct(StringComparer.Ordinal));
            return new(Tone.Busy, $"Serving {revision}, while {earlier} finishes its requests.");
        }

        return model.Facts.Warnings.Count switch
        {
            0 => new(Tone.Good, $"Serving {revision}, and all is well."),
            var count => new(Tone.Warning, $"Serving {revision}, with {Wording.Count(count, "warning")}."),
        };
    }

    private static string WhyNot(PageModel model)
    {
        var lifecycle = model.Facts.Lifecycle;
        return model switch
        {
            { Status.Upstream: not null } => "the application refuses connections",
            { HasContainers: false } => "there is no upstream",
            _ when lifecycle.Intended is { } intended => $"the container of {ShortName.Of(intended.Revision)} does not run",
            _ => "nothing has been deployed",
        };
    }

    private static string Doing(PageModel model) => model.Facts.Lifecycle.Operation switch
    {
        null => string.Empty,
        { Reference: { Length: > 0 } reference } operation => $"; a {operation.Kind} of {ShortId.Of(reference)} is {operation.State}",
        var operation => $"; a {operation.Kind} is {operation.State}",
    };
}
