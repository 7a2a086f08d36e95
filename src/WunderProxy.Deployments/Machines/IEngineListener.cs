using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Machines;

/// <summary>Receives the events of an engine's containers, one call at a time.</summary>
internal interface IEngineListener
{
    /// <summary>
    /// Called when the engine answers for the first time or again, before the events that follow: its containers have
    /// to be read anew.
    /// </summary>
    Task ReconcileAsync(CancellationToken cancellationToken);

    /// <summary>Called for each event of any container of the engine.</summary>
    Task HandleAsync(EngineEvent happened, CancellationToken cancellationToken);
}
