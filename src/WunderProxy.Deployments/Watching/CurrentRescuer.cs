using System.Numerics;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Statistics;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// Brings a dead current container back: waits for the engine's restart policy, else starts the container with
/// back-off; a container that is gone is launched again from the recorded launch config.
/// </summary>
internal sealed class CurrentRescuer(
    Application application,
    ContainerLauncher launcher,
    ContainerChecker checker,
    TrafficSwitcher switcher)
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(200);

    private readonly Backoff _backoff = new(application.Clock);
    private bool _isFollowing = true;
    private long _startedAt;
    private TimeSpan _untilStart;
    private uint _failures;

    /// <summary>
    /// Returns how long to wait before the next look; short while the container runs and is not yet healthy.
    /// </summary>
    public TimeSpan Pause() => _isFollowing ? FollowInterval : TimeSpan.FromSeconds(1);

    /// <summary>Records that the container serves, so that the next death begins with the shortest pause.</summary>
    public void Rest()
    {
        _backoff.Reset();
        _isFollowing = true;
        _untilStart = TimeSpan.Zero;
        _failures = 0;
    }

    /// <summary>Whether the container has exited, or runs as another process than the one in the slot.</summary>
    public async Task<bool> HasDiedAsync(Deployment current, CancellationToken cancellationToken)
    {
        try
        {
            var container = await application.Machine.Engine.InspectContainerAsync(current.Replica.Id.Value, cancellationToken);
            return !container.State.Running || container.State.Restarting
                || (current.Replica.StartedAt.Length > 0 && container.State.StartedAt != current.Replica.StartedAt);
        }
        catch (ContainerNotFoundException)
        {
            return true;
        }
    }

    /// <summary>Performs one step of bringing the container back.</summary>
    public async Task BringBackAsync(Deployment current, CancellationToken cancellationToken)
    {
        try
        {
            var container = await application.Machine.Engine.InspectContainerAsync(current.Replica.Id.Value, cancellationToken);
            var isAwaited = container.State.Running || container.State.Restarting;
            _isFollowing = isAwaited;
            if (isAwaited)
            {
                await FollowAsync(current, cancellationToken);
            }
            else
            {
                await StartAsync(current, cancellationToken);
            }
        }
        catch (ContainerNotFoundException)
        {
            await RunWithBackoffAsync(() => LaunchAnewAsync(current, cancellationToken), current);
        }
    }

    private async Task FollowAsync(Deployment current, CancellationToken cancellationToken)
    {
        if ((await checker.CheckOnceAsync(current, cancellationToken)).IsHealthy)
        {
            await switcher.RestoreAsync(current, cancellationToken);
        }
    }

    private Task StartAsync(Deployment current, CancellationToken cancellationToken) => RunWithBackoffAsync(
        async () =>
        {
            // The engine may be stopping its containers in a shutdown of its own.
            await application.Machine.Engine.PingAsync(cancellationToken);
            await application.Machine.Engine.StartContainerAsync(current.Replica.Id.Value, cancellationToken);
            _isFollowing = true;
        },
        current);

    private async Task RunWithBackoffAsync(Func<Task> step, Deployment current)
    {
        if (_untilStart > TimeSpan.Zero && application.Clock.GetElapsedTime(_startedAt) < _untilStart)
        {
            return;
        }

        _startedAt = application.Clock.GetTimestamp();
        _untilStart = _backoff.Next();
        try
        {
            await step();
        }
        catch (Exception exception) when (DeploymentFaults.IsKnown(exception)
            && exception is not (EngineUnavailableException or ContainerNotFoundException))
        {
            Tell(current, exception);
        }
    }

    /// <summary>
    /// Logs a fault at once and then at intervals that double: the engine's messages contain ids, so every fault looks
    /// new, and a container that never comes back must not fill the log.
    /// </summary>
    private void Tell(Deployment current, Exception fault)
    {
        if (BitOperations.IsPow2(++_failures))
        {
            DeploymentLog.CurrentNotBack(
                application.Log, current.Replica.Name, _failures, MaskOf(current).Apply(fault.Message));
        }
    }

    /// <summary>Returns the mask for messages of the engine, which quotes what it was given.</summary>
    private SecretMask MaskOf(Deployment current) =>
        current.Config is { } config ? application.MaskOf(config) : SecretMask.Empty;

    private Task<bool> LaunchAnewAsync(Deployment current, CancellationToken cancellationToken) => application.Gate.RunAsync(
        OperationKind.Recovery,
        current.Hash.Value,
        null,
        async (operation, token) =>
        {
            var config = current.Config ?? await application.Configs.LoadAsync(current.Hash, token);
            if (application.Table.Current == current)
            {
                var launched = await launcher.LaunchAsync(config, operation, token);
                await switcher.SwitchAsync(launched.Deployment, config, null, Task.CompletedTask, token);
                application.Statistics.Switches.Count(OperationKind.Recovery.ToWire(), LifecycleStatistics.Switched);
            }

            return true;
        },
        cancellationToken);
}
