using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// Looks after the current container: probes it, reads the result of its own <c>HEALTHCHECK</c>, empties the slot when
/// it dies, and follows its address when the engine restarts it.
/// </summary>
internal sealed class ContainerWatcher(
    Application application,
    HealthProbe probes,
    ContainerAdopter adopter,
    CurrentRescuer rescuer,
    TrafficSwitcher switcher,
    ContainerRetirer retirer,
    OrphanRemover orphans) : IEngineListener, IDisposable
{
    private static readonly TimeSpan TendInterval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _wake = new(0);
    private readonly CurrentHealth _health = new();

    /// <summary>Probes and acts on the result until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var tended = application.Clock.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            await WaitAsync(cancellationToken);
            try
            {
                await LookAsync(cancellationToken);
                if (application.Clock.GetElapsedTime(tended) >= TendInterval)
                {
                    tended = application.Clock.GetTimestamp();
                    await TendAsync(cancellationToken);
                }
            }
            catch (EngineUnavailableException)
            {
                // The engine's circuit is open; when it closes, all containers are examined again.
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                DeploymentLog.BackgroundFailed(application.Log, exception);
            }
        }
    }

    /// <inheritdoc/>
    public async Task HandleAsync(EngineEvent happened, CancellationToken cancellationToken)
    {
        if (application.Table.FindContainer(happened.ContainerId) is not { } deployment)
        {
            return;
        }

        switch (happened.Action)
        {
            case "die" or "destroy" when deployment.State == DeploymentState.Current:
                await switcher.ClearAsync(deployment, happened.ExitCode, cancellationToken);
                _wake.Release();
                break;
            case "start" or "unpause" when deployment.State == DeploymentState.Current:
                _wake.Release();
                break;
            case "die" or "destroy" when deployment.State == DeploymentState.Ready:
            case "start" or "destroy" when deployment.State == DeploymentState.Kept:
                await adopter.RefreshAsync(cancellationToken);
                break;
            case var action when deployment.State == DeploymentState.Current && IsHealthChange(action):
                _wake.Release();
                break;
        }
    }

    /// <inheritdoc/>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        if (application.Table.Current is { Replica.Address: not null } current
            && await rescuer.HasDiedAsync(current, cancellationToken))
        {
            await switcher.ClearAsync(current, exitCode: null, cancellationToken);
        }

        await orphans.RetryAsync(cancellationToken);
        await adopter.RefreshAsync(cancellationToken);
        _wake.Release();
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>Whether an event reports the health; the engine writes <c>health_status: unhealthy</c>.</summary>
    private static bool IsHealthChange(string action) => action.StartsWith("health_status", StringComparison.Ordinal);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var current = application.Table.Current;
        if (current is null)
        {
            return;
        }

        if (application.IsServed(current) && current.Replica.Address is { } address)
        {
            rescuer.Rest();
            await ProbeAsync(current, address, cancellationToken);
        }
        else if (!application.Machine.IsAway)
        {
            await rescuer.BringBackAsync(current, cancellationToken);
        }
    }

    private async Task ProbeAsync(Deployment current, ContainerAddress address, CancellationToken cancellationToken)
    {
        var probe = await probes.ProbeAsync(current, address.EndPoint, null, cancellationToken);
        await AskHealthcheckAsync(current, cancellationToken);
        if (_health.Judge(current, probe))
        {
            application.Incidents.Note(Incident.Health, current.Revision, detail: current.Replica.Health.ToWire());
            DeploymentLog.HealthChanged(
                application.Log, current.Replica.Name, current.Replica.Health.ToWire(), current.Replica.HealthReason ?? probe.Reason.Code);
        }

        if (!probe.IsHealthy && !application.Machine.IsAway && await rescuer.HasDiedAsync(current, cancellationToken))
        {
            await switcher.ClearAsync(current, exitCode: null, cancellationToken);
            _wake.Release();
        }
    }

    private async Task AskHealthcheckAsync(Deployment current, CancellationToken cancellationToken)
    {
        if (current.Replica.Healthcheck == HealthcheckState.None || application.Machine.IsAway)
        {
            return;
        }

        try
        {
            var container = await application.Machine.Engine.InspectContainerAsync(current.Replica.Id.Value, cancellationToken);
            current.See(replica => replica with { Healthcheck = container.State.Healthcheck });
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            // If the container is gone, events or the next failing probe will tell; if the engine does not answer, the
            // last result stands.
        }
    }

    private async Task TendAsync(CancellationToken cancellationToken)
    {
        if (!application.Machine.IsAway)
        {
            retirer.BeginRetireUnused();
            await orphans.RetryAsync(cancellationToken);
            await adopter.RefreshAsync(cancellationToken);
            await application.ImageSizes.RefreshAsync(application.Table.All.Select(d => d.ImageId), cancellationToken);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var pause = application.Table.Current is { } current && !application.IsServed(current) ? rescuer.Pause() : application.Options.WatchInterval;
        using var timer = new CallTimeout(pause, application.Clock, cancellationToken);
        try
        {
            await _wake.WaitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            // The pause is over, or the process ends; the loop checks.
        }
    }
}
