using System.Collections.Concurrent;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Retirement;

/// <summary>
/// Drains what was current, stops it, keeps the last few stopped and removes the rest. Each step looks again whether
/// the deployment is still unwanted.
/// </summary>
internal sealed class ContainerRetirer(
    Application application, OrphanRemover orphans, ContainerStopper stopper, ImageClaims claims)
{
    /// <summary>Containers that wait after a launch; the oldest goes when there are more.</summary>
    private const int MaxLaunched = 3;

    private static readonly TimeSpan MaxLaunchedAge = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<Task, byte> _drains = new();
    private readonly ConcurrentDictionary<Deployment, byte> _ending = new();

    /// <summary>Drains and retires in the background.</summary>
    /// <param name="deployment">What was current; in state Draining.</param>
    /// <param name="hold">Until then it stays up, drained or not; a guard may want it back.</param>
    public void BeginDrain(Deployment deployment, Task hold)
    {
        if (deployment.Drain is { } drain)
        {
            var task = DrainAndRetireAsync(deployment, drain, hold);
            _drains.TryAdd(task, 0);
            _ = task.ContinueWith(done => _drains.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    /// <summary>
    /// Retires in the background: a container may take as long as its own <c>StopTimeout</c>, and nothing that serves
    /// waits for that.
    /// </summary>
    public void BeginRetire(Deployment deployment) => Begin(deployment, () => RetireAsync(deployment));

    /// <summary>As <see cref="StopKeptAsync"/>, in the background.</summary>
    public void BeginStopKept(Deployment deployment) => Begin(deployment, () => StopKeptAsync(deployment));

    /// <summary>Stops a drained or waiting container; kept when traffic ever went to it, else removed.</summary>
    public async Task RetireAsync(Deployment deployment)
    {
        await deployment.Handling.WaitAsync();
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

    /// <summary>Retires launched containers that nobody switched to: too many, or too old.</summary>
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

    /// <summary>Removes kept containers beyond the limit, and their images where nobody else wants them.</summary>
    public async Task PruneAsync()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { application.Record.Current.Hash };
        var kept = application.Table.All
            .Where(d => d.State == DeploymentState.Kept)
            .OrderByDescending(d => d.UsedAt)
            .ThenByDescending(d => d.CreatedAt);
        foreach (var deployment in kept)
        {
            // A second container of a hash brings nothing; only distinct ones count.
            var isWanted = seen.Add(deployment.Hash) && seen.Count - 1 <= application.Options.Keep;
            if (!isWanted)
            {
                await DropAsync(deployment);
            }
        }
    }

    /// <summary>Does one thing at a time with a deployment; it is looked at again when more is to do.</summary>
    private void Begin(Deployment deployment, Func<Task> work)
    {
        if (_ending.TryAdd(deployment, 0))
        {
            _ = Task.Run(() => EndAsync(deployment, work));
        }
    }

    private async Task EndAsync(Deployment deployment, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (ObjectDisposedException)
        {
            // The process ends: containers stay as they are.
        }
        catch (Exception fault)
        {
            DeploymentLog.BackgroundFailed(application.Log, fault);
        }
        finally
        {
            _ending.TryRemove(deployment, out _);
        }
    }

    /// <summary>Stops a kept container that runs: a stop that the engine did not take, or a daemon that started it.</summary>
    private async Task StopKeptAsync(Deployment deployment)
    {
        await deployment.Handling.WaitAsync();
        try
        {
            // Whoever asks has seen it run, and it may just have been stopped.
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
        try
        {
            var cutOff = await drain.Traffic.DrainAsync(
                application.Options.DrainTimeout, application.Options.DrainUpgradedTimeout, drain.Cancellation.Token);
            DeploymentLog.Drained(application.Log, deployment.ContainerName, deployment.Revision, cutOff);
            await hold.WaitAsync(drain.Cancellation.Token);
            await StandByAsync(drain);
            application.Faults.Hit("drained");
            await RetireAsync(deployment);
        }
        catch (OperationCanceledException)
        {
            // It is wanted again, or the process ends: containers stay as they are.
        }
        catch (Exception fault)
        {
            DeploymentLog.BackgroundFailed(application.Log, fault);
        }
    }

    private async Task StandByAsync(DrainHandle drain)
    {
        var left = drain.Since + application.Options.Standby - application.Clock.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, application.Clock, drain.Cancellation.Token);
        }
    }

    private async Task<bool> LeaveServiceAsync(Deployment deployment)
    {
        await application.SlotGuard.WaitAsync();
        try
        {
            if (deployment.State is not (DeploymentState.Draining or DeploymentState.Ready))
            {
                return false;
            }

            deployment.MoveTo(deployment.WasCurrent ? DeploymentState.Kept : DeploymentState.Removed);
            deployment.Drain = null;
            deployment.Address = null;
            deployment.Health = "unknown";
            application.Record.TryUpdate(record => record with
            {
                Launched = [.. record.Launched.Where(entry => entry.Container != deployment.ContainerId)],
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
            return (await application.Machine.Engine.InspectContainerAsync(deployment.ContainerId, CancellationToken.None)).State.Running;
        }
        catch (Exception fault) when (fault is DockerEngineException or EngineUnavailableException)
        {
            // The attempt to stop it tells what is wrong.
            return true;
        }
    }

    private async Task StopAsync(Deployment deployment)
    {
        try
        {
            await stopper.StopAsync(deployment.ContainerId, CancellationToken.None);
            application.Faults.Hit("stopped");
            DeploymentLog.Retired(application.Log, deployment.ContainerName, deployment.Revision, "kept");
        }
        catch (ContainerNotFoundException)
        {
            deployment.MoveTo(DeploymentState.Removed);
            Forget(deployment);
        }
        catch (Exception fault) when (fault is DockerEngineException or EngineUnavailableException)
        {
            // The watcher stops kept containers that run, so this is tried again.
            DeploymentLog.RetireFailed(application.Log, deployment.ContainerName, deployment.Revision, fault.Message);
        }
    }

    private async Task DropAsync(Deployment deployment)
    {
        await deployment.Handling.WaitAsync();
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
        await orphans.RemoveAsync(deployment.ContainerId);
        application.Faults.Hit("removed");
        Forget(deployment);
        DeploymentLog.Retired(application.Log, deployment.ContainerName, deployment.Revision, "removed");
    }

    private async Task StopBeforeRemovalAsync(Deployment deployment)
    {
        try
        {
            await stopper.StopAsync(deployment.ContainerId, CancellationToken.None);
        }
        catch (Exception fault) when (fault is DockerEngineException or EngineUnavailableException)
        {
            // Removal by force follows, and is repeated until the engine takes it.
        }
    }

    private void Forget(Deployment deployment)
    {
        application.Table.Remove(deployment);
        application.Record.TryUpdate(record => record with
        {
            Launched = [.. record.Launched.Where(entry => entry.Container != deployment.ContainerId)],
            Earlier = [.. record.Earlier.Where(entry => entry.Container != deployment.ContainerId)],
        });
    }

    /// <summary>Only images of our own naming, that no deployment, other service or container uses; never by force.</summary>
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
                await application.Machine.Engine.Images.RemoveAsync(deployment.Image, CancellationToken.None);
            }
        }
        catch (Exception fault) when (fault is DockerEngineException or EngineUnavailableException)
        {
            // 409: a container uses it, ours or not. It stays.
        }
    }

    /// <summary>
    /// Whether the name still means the image that the removed container had, and no container was made by it. The engine
    /// itself refuses to remove an image in use only with its last name.
    /// </summary>
    private async Task<bool> IsUnusedAsync(Deployment removed)
    {
        var image = await application.Machine.Engine.Images.FindAsync(removed.Image, CancellationToken.None);
        if (image is null || (removed.ImageId.Length > 0 && image.Id != removed.ImageId))
        {
            return false;
        }

        var all = await application.Machine.Engine.ListContainersAsync(CancellationToken.None);
        return all.All(other => other.Id == removed.ContainerId || other.Image != removed.Image);
    }
}
