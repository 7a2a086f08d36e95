using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// Does the work that needs the store and can wait: the rest of the start, pending histories, and events that wait on
/// this machine. Retries with back-off, and keeps the store's circuit up to date.
/// </summary>
internal sealed class StoreTender(
    Application application, StartupSequence startup, HistoryRecorder history)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(15);

    /// <summary>Time until events are offered again to a store that may only be read; rights seldom change.</summary>
    private static readonly TimeSpan DeniedPause = TimeSpan.FromMinutes(5);

    private long? _denied;
    private bool _isRestored;
    private bool _isFollowed;
    private string _filled = "";

    /// <summary>Tries once everything that is still to be done.</summary>
    /// <returns>Whether nothing is left to be done.</returns>
    public async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        // Each part is tried on its own: without the store the recorded container is still served, and the reverse.
        var isRestored = _isRestored || await GuardAsync(RestoreAsync, cancellationToken);
        application.Store.Circuit.Try();
        var isWritten = await GuardAsync(WriteWaitingAsync, cancellationToken);
        var isFollowed = _isFollowed || (isRestored && isWritten && await GuardAsync(FollowAsync, cancellationToken));
        return isRestored && isWritten && isFollowed;
    }

    /// <summary>Tries until everything is done, then checks the store from time to time.</summary>
    public async Task RunAsync(bool isDone, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(application.Clock);
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = isDone ? LookInterval : backoff.Next();
            application.Store.Circuit.Wait(pause);
            await PauseAsync(pause, cancellationToken);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            isDone = await TryAsync(cancellationToken);
            if (isDone)
            {
                backoff.Reset();
            }
        }
    }

    /// <summary>Pauses; while the start waits for the engine, the engine's return ends the pause.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var isAwaited = !_isRestored && application.Machine.IsAway;
        var change = isAwaited ? application.Machine.Circuit.Change : CancellationToken.None;
        using var untilChange = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, change);
        await Task.Delay(pause, application.Clock, untilChange.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> RestoreAsync(CancellationToken cancellationToken)
    {
        await application.Gate.RunAsync(OperationKind.Start, "", null, async (_, token) =>
        {
            await startup.RestoreAsync(token);
            return true;
        }, cancellationToken);
        return _isRestored = true;
    }

    private async Task<bool> WriteWaitingAsync(CancellationToken cancellationToken)
    {
        if (application.Gate.View is not null && application.Record.Current.Intents.Count > 0)
        {
            // The operation in progress writes its own history first.
            return false;
        }

        await TryWriteAsync(cancellationToken);
        var read = await application.History.LoadOrExplainAsync(cancellationToken);
        application.Store.Circuit.Close();
        if (read.Fault is { } fault)
        {
            application.Store.Failed(fault);
        }
        else
        {
            application.Store.ContentFine();
            await history.RejectLateAsync(read.History, cancellationToken);
        }

        await FillConfigAsync(cancellationToken);

        // The store's current launch config is older than a switch that the store has not been told about.
        return application.Record.Current.Intents.Count == 0;
    }

    /// <summary>Writes what waits on this machine; in a store that may only be read it goes on waiting.</summary>
    private async Task TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await history.CompleteWaitingAsync(cancellationToken);
            if (_denied is { } denied && application.Clock.GetElapsedTime(denied) < DeniedPause)
            {
                return;
            }

            _denied = null;
            await application.Events.FlushAsync(cancellationToken);
        }
        catch (ObjectStoreException exception) when (exception.IsWriteDenied)
        {
            _denied ??= application.Clock.GetTimestamp();
            application.Store.Failed(exception);
        }
    }

    /// <summary>
    /// Completes the record's launch config after a switch, while the store could not be reached, to a container whose
    /// launch config was not known here.
    /// </summary>
    private async Task FillConfigAsync(CancellationToken cancellationToken)
    {
        var record = application.Record.Current;
        if (record.Config.Length > 0 || record.Hash == _filled || !LaunchConfigReference.TryParse(record.Hash, out var hash))
        {
            return;
        }

        // Asked once: if the store does not have the launch config, the container's labels must suffice.
        _filled = record.Hash;
        var config = await application.Configs.LoadAsync(hash, cancellationToken);
        application.Record.TryUpdate(now => now.Hash == record.Hash ? now with { Config = config.Bytes.ToArray() } : now);
        if (application.Table.Current is { } current && current.IsOf(config.Hash))
        {
            current.Know(config);
        }
    }

    private async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        var read = await startup.ReadStoreAsync(cancellationToken);
        return _isFollowed = await application.Gate.RunAsync(
            OperationKind.Start,
            "store",
            null,
            (operation, token) => startup.FollowStoreAsync(read, operation, token),
            cancellationToken);
    }

    private async Task<bool> GuardAsync(Func<CancellationToken, Task<bool>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step(cancellationToken);
        }
        catch (EngineUnavailableException)
        {
            // The client has opened the circuit.
        }
        catch (Exception exception) when (exception is ObjectStoreException or LeaseHeldException or LaunchConfigNotFoundException)
        {
            application.Store.Failed(exception);
        }
        catch (DeploymentException exception) when (exception.Error == DeploymentError.Busy)
        {
            // A deploy is in progress; the start goes on after it.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception exception)
        {
            DeploymentLog.BackgroundFailed(application.Log, exception);
        }

        return false;
    }
}
