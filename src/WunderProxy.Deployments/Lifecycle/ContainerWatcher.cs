using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>
/// Looks after the current container: probes it, empties the slot when it dies, follows it when the engine restarts it,
/// and follows the engine's events, gap-free over the engine's own restarts.
/// </summary>
internal sealed class ContainerWatcher(
    LifecycleContext context, ContainerAdopter adopter, CurrentRescuer rescuer, TrafficSwitcher switcher, ContainerRetirer retirer)
    : IDisposable
{
    private const int FailuresUntilUnhealthy = 3;

    private static readonly TimeSpan TendInterval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _wake = new(0);
    private string _probed = "";
    private int _failures;

    /// <summary>Probes and tends until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var tended = context.Clock.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            await WaitAsync(cancellationToken);
            try
            {
                await LookAsync(cancellationToken);
                if (context.Clock.GetElapsedTime(tended) >= TendInterval)
                {
                    tended = context.Clock.GetTimestamp();
                    await TendAsync(cancellationToken);
                }
            }
            catch (EngineUnavailableException fault)
            {
                context.Notices.SetEngine(fault.Message);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                DeploymentLog.BackgroundFailed(context.Log, fault);
            }
        }
    }

    /// <summary>Follows the engine's events until cancelled; each time it comes back, everything is looked at again.</summary>
    public async Task FollowEventsAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(context.Clock);
        var since = context.Clock.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await context.Engine.PingAsync(cancellationToken);
                context.Notices.SetEngine(null);
                backoff.Reset();
                await ReconcileAsync(cancellationToken);
                await foreach (var happened in context.Engine.FollowEventsAsync(since, cancellationToken))
                {
                    since = happened.TimeNanoseconds + 1;
                    await HandleAsync(happened, cancellationToken);
                }
            }
            catch (Exception fault) when (fault is EngineUnavailableException or DockerEngineException)
            {
                context.Notices.SetEngine(fault.Message);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                DeploymentLog.BackgroundFailed(context.Log, fault);
            }

            await backoff.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _wake.Dispose();

    private async Task HandleAsync(EngineEvent happened, CancellationToken cancellationToken)
    {
        if (context.Table.FindContainer(happened.Actor.ID) is not { } deployment)
        {
            return;
        }

        switch (happened.Action)
        {
            case "die" or "destroy" when deployment.State == DeploymentState.Current:
                await switcher.ClearAsync(deployment, cancellationToken);
                _wake.Release();
                break;
            case "start" or "unpause" when deployment.State == DeploymentState.Current:
                _wake.Release();
                break;
            case "die" or "destroy" when deployment.State == DeploymentState.Ready:
            case "start" when deployment.State == DeploymentState.Kept:
                await adopter.RefreshAsync(cancellationToken);
                break;
        }
    }

    /// <summary>The engine is (back) there: what it says now counts.</summary>
    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        if (context.Table.Current is { Address: not null } current
            && await rescuer.HasDiedAsync(current, cancellationToken))
        {
            await switcher.ClearAsync(current, cancellationToken);
        }

        await context.Orphans.RetryAsync();
        await adopter.RefreshAsync(cancellationToken);
        _wake.Release();
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var current = context.Table.Current;
        if (current is null)
        {
            return;
        }

        if (current.Address is null)
        {
            await rescuer.BringBackAsync(current, cancellationToken);
            return;
        }

        rescuer.Rest();
        await ProbeAsync(current, current.Address, cancellationToken);
    }

    private async Task ProbeAsync(Deployment current, ContainerAddress address, CancellationToken cancellationToken)
    {
        var probe = await context.Probe.ProbeAsync(address.EndPoint, current.HealthCheckPath, null, cancellationToken);
        if (current.ContainerId != _probed || probe.IsHealthy)
        {
            _failures = 0;
            _probed = current.ContainerId;
        }

        _failures += probe.IsHealthy ? 0 : 1;
        var health = probe.IsHealthy ? "healthy" : _failures >= FailuresUntilUnhealthy ? "unhealthy" : current.Health;
        if (health != current.Health)
        {
            current.Health = health;
            DeploymentLog.HealthChanged(context.Log, current.ContainerName, health, probe.Reason);
        }

        if (!probe.IsHealthy && !context.Notices.IsEngineAway && await rescuer.HasDiedAsync(current, cancellationToken))
        {
            await switcher.ClearAsync(current, cancellationToken);
            _wake.Release();
        }
    }

    private async Task TendAsync(CancellationToken cancellationToken)
    {
        await retirer.RetireUnusedAsync();
        await context.Orphans.RetryAsync();
        await adopter.RefreshAsync(cancellationToken);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var pause = context.Table.Current is { Address: null } ? rescuer.Pause() : context.Options.WatchInterval;
        using var timer = new CallTimeout(pause, context.Clock, cancellationToken);
        try
        {
            await _wake.WaitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            // The pause is over, or the process ends: the loop looks.
        }
    }
}
