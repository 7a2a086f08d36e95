using System.Collections.Concurrent;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Retirement;

/// <summary>
/// Drains what was current, stops it, keeps the last few stopped containers and removes the rest. Each step checks
/// again that the deployment is still unwanted.
/// </summary>
internal sealed class ContainerRetirer(
    Application application, OrphanRemover orphans, ContainerStopper stopper, ImageClaims claims) : IAsyncDisposable
{
    /// <summary>Most containers that wait after a launch; beyond this number the oldest is retired.</summary>
    private const int MaxLaunched = 3;

    private static readonly TimeSpan MaxLaunchedAge = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<Task, byte> _work = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Deployment, byte> _busy = new();

    /// <summary>Drains and retires a deployment in the background.</summary>
    /// <param name="deployment">The deployment that was current, in state Draining.</param>
    /// <param name="hold">
    /// The container keeps running until this completes, drained or not, because a guard may want it back.
    /// </param>
    public void BeginDrain(Deployment deployment, Task hold)
    {
        if (deployment.Drain is { } drain)
        {
            Track(() => DrainAndRetireAsync(deployment, drain, hold));
        }
    }

    /// <summary>Drains an address that the current container has left, in the background.</summary>
    public void BeginDrain(ITrafficDrain drain) => Track(async () =>
    {
        try
        {
            application.Statistics.CountCutOff(await drain.DrainAsync(
                application.Options.DrainTimeout, application.Options.DrainUpgradedTimeout, _ending.Token));
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    });

    /// <summary>
    /// Retires in the background: stopping may take as long as the container's own <c>StopTimeout</c>, and nothing that
    /// serves may wait for that.
    /// </summary>
    public void BeginRetire(Deployment deployment) => Begin(deployment, () => RetireAsync(deployment));

    /// <summary>Stops a kept container that runs, in the background; see <see cref="StopKeptAsync"/>.</summary>
    public void BeginStopKept(Deployment deployment) => Begin(deployment, () => StopKeptAsync(deployment));

    /// <summary>
    /// Stops a drained or waiting container. The container is kept if traffic ever went to it, else removed.
    /// </summary>
    public async Task RetireAsync(Deployment deployment)
    {
        await deployment.Handling.WaitAsync(_ending.Token);
        try
        {
            if (!await LeaveServiceAsync(deployment))
            {
                return;
            }

            if (deployment.State == DeploymentState.Kept)
            {
                await StopAsync(deployment);
            }
            else
            {
                await RemoveAsync(deployment);
            }
        }
        finally
        {
            deployment.Handling.Release();
        }

        await PruneAsync();
    }

    /// <summary>Retires launched containers that were never switched to and are too many or too old.</summary>
    public void BeginRetireUnused()
    {
        var waiting = application.Table.All
            .Where(d => d.State == DeploymentState.Ready)
            .OrderByDescending(d => d.UsedAt)
            .ToArray();
        var now = application.Clock.GetUtcNow();
        foreach (var deployment in waiting.Where((d, index) => index >= MaxLaunched || now - d.UsedAt > MaxLaunchedAge))
        {
            BeginRetire(deployment);
        }
    }

    /// <summary>Removes kept containers beyond the limit, and their images unless another service wants them.</summary>
    public async Task PruneAsync()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { application.Record.Current.Hash };
        var kept = application.Table.All
            .Where(d => d.State == DeploymentState.Kept)
            .OrderByDescending(d => d.UsedAt)
            .ThenByDescending(d => d.Replica.CreatedAt);
        foreach (var deployment in kept)
        {
            // A second container with the same hash is of no use, so only distinct hashes count.
            var isWanted = seen.Add(deployment.Hash.Value) && seen.Count - 1 <= application.Options.Keep;
            if (!isWanted)
            {
                await DropAsync(deployment);
            }
        }
    }

    /// <summary>
    /// Cancels the background work and waits for its end. No work begins afterwards: containers stay as they are, and
    /// the next start continues with them.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        while (_work.Keys.FirstOrDefault() is { } work)
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _work.TryRemove(work, out _);
        }
    }

    /// <summary>
    /// Starts background work that <see cref="DisposeAsync"/> waits for; the work handles its own failures.
    /// </summary>
    private void Track(Func<Task> begin)
    {
        if (_ending.IsCancellationRequested)
        {
            return;
        }

        var work = begin();
        _work.TryAdd(work, 0);
        _ = work.ContinueWith(done => _work.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>
    /// Runs one piece of work at a time for a deployment, which is examined again if more is to be done.
    /// </summary>
    private void Begin(Deployment deployment, Func<Task> work)
    {
        if (_busy.TryAdd(deployment, 0))
        {
            Track(() => Task.Run(() => EndAsync(deployment, work)));
        }
    }

    private async Task EndAsync(Deployment deployment, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The process ends, and containers stay as they are.
        }
        catch (Exception exception)
        {
            DeploymentLog.BackgroundFailed(application.Log, exception);
        }
        finally
        {
            _busy.TryRemove(deployment, out _);
        }
    }

    /// <summary>
    /// Stops a kept container that runs, because the engine missed the stop or a restarted daemon started it.
    /// </summary>
    private async Task StopKeptAsync(Deployment deployment)
    {
        await deployment.Handling.WaitAsync(_ending.Token);
        try
        {
            // The container was seen running, but may have been stopped since.
            if (deployment.State == DeploymentState.Kept && await IsRunningAsync(deployment))
            {
                await StopAsync(deployment);
            }
        }
        finally
        {
            deployment.Handling.Release();
        }
    }

    private async Task DrainAndRetireAsync(Deployment deployment, DrainHandle drain, Task hold)
    {
        using var untilWanted = CancellationTokenSource.CreateLinkedTokenSource(drain.Cancellation.Token, _ending.Token);
        var isOver = false;
        try
        {
            var cut = await drain.Traffic.DrainAsync(
                application.Options.DrainTimeout, application.Options.DrainUpgradedTimeout, untilWanted.Token);
            isOver = true;
            var cutOff = cut.Total;
            var state = cutOff == 0 ? DrainOutcome.Ended : DrainOutcome.CutShort;
            Count(drain, state);
            application.Statistics.CountCutOff(cut);

            // A drain of nothing ends at once, within the switch, which may not wait for the disk.
            await Task.Yield();
            Tell(deployment, drain, state, cutOff);
            DeploymentLog.Drained(application.Log, deployment.Replica.Name, deployment.Revision, cutOff);
            await hold.WaitAsync(untilWanted.Token);
            await StandByAsync(drain, untilWanted.Token);
            application.Faults.Hit("drained");
            await RetireAsync(deployment);
        }
        catch (OperationCanceledException)
        {
            // The deployment is wanted again, or the process ends; containers stay as they are.
            if (!isOver)
            {
                Count(drain, DrainOutcome.Abandoned);
            }

            Tell(deployment, drain, DrainOutcome.Abandoned, 0);
        }
        catch (Exception exception)
        {
            DeploymentLog.BackgroundFailed(application.Log, exception);
        }
    }

    private void Count(DrainHandle drain, string state) =>
        application.Statistics.Drains.Count(state, "", application.Clock.GetElapsedTime(drain.Began));

    /// <summary>Adds how a drain ended to the record of its switch, with the last numbers of the drained revision.</summary>
    private void Tell(Deployment drained, DrainHandle drain, string state, int cutOff)
    {
        var traffic = application.Measure(drained);
        if (traffic is { Requests: > 0 })
        {
            application.Measurements.NoteTraffic(drained.Hash.Value, traffic);
        }

        application.LastSwitch.Add(drain.Since, record => record.Drain is not { State: DrainOutcome.Draining } begun ? record : record with
        {
            Before = traffic ?? record.Before,
            Drain = begun with
            {
                State = state,
                CutOff = cutOff,
                Seconds = Math.Round(application.Clock.GetElapsedTime(drain.Began).TotalSeconds, 3),
            },
        });
    }

    private async Task StandByAsync(DrainHandle drain, CancellationToken cancellationToken)
    {
        var left = application.Options.Standby - application.Clock.GetElapsedTime(drain.Began);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, application.Clock, cancellationToken);
        }
    }

    private async Task<bool> LeaveServiceAsync(Deployment deployment)
    {
        await application.SlotGuard.WaitAsync(_ending.Token);
        try
        {
            if (deployment.State is not (DeploymentState.Draining or DeploymentState.Ready))
            {
                return false;
            }

            deployment.MoveTo(deployment.WasCurrent ? DeploymentState.Kept : DeploymentState.Removed);
            deployment.See(replica => replica.AsStopped());
            application.Record.TryUpdate(record => record with
            {
                Launched = [.. record.Launched.Where(entry => entry.Container != deployment.Replica.Id.Value)],
            });
            return true;
        }
        finally
        {
            application.SlotGuard.Release();
        }
    }

    private async Task<bool> IsRunningAsync(Deployment deployment)
    {
        try
        {
            return (await application.Machine.Engine.InspectContainerAsync(deployment.Replica.Id.Value, _ending.Token)).State.Running;
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            // The attempt to stop the container will show what is wrong.
            return true;
        }
    }

    private async Task StopAsync(Deployment deployment)
    {
        try
        {
            await stopper.StopAsync(deployment.Replica.Id.Value, _ending.Token);
            application.Faults.Hit("stopped");
            DeploymentLog.Retired(application.Log, deployment.Replica.Name, deployment.Revision, "kept");
        }
        catch (ContainerNotFoundException)
        {
            deployment.MoveTo(DeploymentState.Removed);
            Forget(deployment);
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            // The watcher stops kept containers that run, so this is tried again.
            DeploymentLog.RetireFailed(application.Log, deployment.Replica.Name, deployment.Revision, exception.Message);
        }
    }

    private async Task DropAsync(Deployment deployment)
    {
        await deployment.Handling.WaitAsync(_ending.Token);
        try
        {
            if (deployment.State == DeploymentState.Kept)
            {
                deployment.MoveTo(DeploymentState.Removed);
                await RemoveAsync(deployment);
                await RemoveImageAsync(deployment);
            }
        }
        finally
        {
            deployment.Handling.Release();
        }
    }

    private async Task RemoveAsync(Deployment deployment)
    {
        await StopBeforeRemovalAsync(deployment);
        await orphans.RemoveAsync(deployment.Replica.Id.Value, _ending.Token);
        application.Faults.Hit("removed");
        Forget(deployment);
        DeploymentLog.Retired(application.Log, deployment.Replica.Name, deployment.Revision, "removed");
    }

    private async Task StopBeforeRemovalAsync(Deployment deployment)
    {
        try
        {
            await stopper.StopAsync(deployment.Replica.Id.Value, _ending.Token);
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            // Removal by force follows, and is repeated until the engine carries it out.
        }
    }

    private void Forget(Deployment deployment)
    {
        application.Table.Remove(deployment);
        application.Record.TryUpdate(record => record with
        {
            Launched = [.. record.Launched.Where(entry => entry.Container != deployment.Replica.Id.Value)],
            Earlier = [.. record.Earlier.Where(entry => entry.Container != deployment.Replica.Id.Value)],
        });
    }

    /// <summary>
    /// Removes the image of a deployment, never by force, if we named it and no deployment, other service or container
    /// uses it.
    /// </summary>
    private async Task RemoveImageAsync(Deployment deployment)
    {
        if (!application.Images.IsOwn(deployment.Image)
            || application.Table.All.Any(other => other.Image == deployment.Image)
            || claims.IsClaimed(application.Images.Repository, deployment.Revision, deployment.Image))
        {
            return;
        }

        try
        {
            if (await IsUnusedAsync(deployment))
            {
                await application.Machine.Engine.Images.RemoveAsync(deployment.Image, _ending.Token);
            }
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            // 409: a container uses the image, which therefore stays.
        }
    }

    /// <summary>
    /// Whether the name still means the image of the removed container, and no other container was created from that
    /// name. The engine itself refuses only to remove the last name of an image in use.
    /// </summary>
    private async Task<bool> IsUnusedAsync(Deployment removed)
    {
        var image = await application.Machine.Engine.Images.FindAsync(removed.Image, _ending.Token);
        if (image is null || (removed.ImageId.Length > 0 && image.Id != removed.ImageId))
        {
            return false;
        }

        var all = await application.Machine.Engine.ListContainersAsync(_ending.Token);
        return all.All(other => other.Id == removed.Replica.Id.Value || other.Image != removed.Image);
    }
}
