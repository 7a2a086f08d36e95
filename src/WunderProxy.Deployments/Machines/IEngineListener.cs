using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Machines;

/// <summary>Hears what happens to the containers of an engine. Its calls come one at a time.</summary>
internal interface IEngineListener
{
    /// <summary>
    /// The engine is there, for the first time or again: what it says now counts. Called before the events that follow.
    /// </summary>
    Task ReconcileAsync(CancellationToken cancellationToken);

    /// <summary>A container event has happened, to any container of the engine.</summary>
    Task HandleAsync(EngineEvent happened, CancellationToken cancellationToken);
}
