using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Machines;

/// <summary>
/// Follows the engine's events for all listeners, without a gap over the engine's restarts. This is the one loop that
/// tries an engine again that is away; each time the engine is there, the listeners take in what it says before its
/// events.
/// </summary>
internal sealed class EngineFollower(
    DockerEngineClient engine, Circuit circuit, NoticeBoard notices, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private const string Topic = "events";

    /// <summary>Least duration of an event stream that counts as sound, so that the pauses begin anew.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);

    private readonly Backoff _backoff = new(clock);
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Guards the three fields below, which change when a listener joins or leaves.</summary>
    private readonly Lock _lock = new();
    private IReadOnlyList<EngineSubscription> _subscriptions = [];
    private CancellationTokenSource _joined = new();
    private Task? _loop;

    /// <summary>Written by the loop alone; the first listener starts it.</summary>
    private long _seenNanoseconds;

    /// <summary>The <c>start</c> events, which launches wait for.</summary>
    public StartEvents Starts { get; } = new();

    /// <summary>
    /// Begins to tell a listener, which is reconciled first. Disposing of the returned handle ends that: when the disposal
    /// is complete, no call to the listener is under way and none will come.
    /// </summary>
    public IAsyncDisposable Listen(IEngineListener listener)
    {
        var subscription = new EngineSubscription(listener, Remove);
        CancellationTokenSource joined;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
            _subscriptions = [.. _subscriptions, subscription];
            (joined, _joined) = (_joined, new CancellationTokenSource());
            _loop ??= Task.Run(RunAsync);
        }

        // A stream that is open already begins anew, so that the new listener is reconciled.
        joined.Cancel();
        return subscription;
    }

    /// <summary>Ends the loop and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Task? loop;
        lock (_lock)
        {
            loop = _loop;
        }

        if (loop is not null)
        {
            await loop;
        }
    }

    private async Task RunAsync()
    {
        var cancellationToken = _ending.Token;
        _seenNanoseconds = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        while (!cancellationToken.IsCancellationRequested)
        {
            CancellationToken joined;
            lock (_lock)
            {
                joined = _joined.Token;
            }

            try
            {
                await FollowAsync(joined, cancellationToken);
            }
            catch (Exception exception) when (exception is EngineUnavailableException or OperationCanceledException)
            {
                // Its circuit is open, as the client told it; somebody has joined; or the process ends.
            }
            catch (DockerEngineException exception)
            {
                notices.Warn(Topic, "the Docker engine's events cannot be followed", exception.Message);
            }
            catch (Exception exception)
            {
                DeploymentLog.BackgroundFailed(log, exception);
            }

            if (!joined.IsCancellationRequested)
            {
                await PauseAsync(cancellationToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken joined, CancellationToken cancellationToken)
    {
        circuit.Try();
        await engine.PingAsync(cancellationToken);

        // A stream over a dead network stays silent for ever, so it is abandoned when another call finds that the
        // engine does not answer.
        using var untilAway = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, circuit.Change, joined);
        await TellAsync((listener, token) => listener.ReconcileAsync(token), untilAway.Token);
        var began = clock.GetTimestamp();
        try
        {
            await foreach (var happened in engine.FollowEventsAsync(_seenNanoseconds, untilAway.Token))
            {
                _seenNanoseconds = happened.TimeNanoseconds + 1;
                notices.Warn(Topic, null);

                // Before the listeners, which may ask the engine about the containers of an event.
                Starts.Note(happened);
                await TellAsync((listener, token) => listener.HandleAsync(happened, token), untilAway.Token);
            }
        }
        finally
        {
            if (clock.GetElapsedTime(began) >= Steady)
            {
                _backoff.Reset();
                notices.Warn(Topic, null);
            }
        }
    }

    /// <summary>A listener that fails ends the stream: after the next pause all of them are reconciled.</summary>
    private async Task TellAsync(Func<IEngineListener, CancellationToken, Task> tell, CancellationToken cancellationToken)
    {
        IReadOnlyList<EngineSubscription> subscriptions;
        lock (_lock)
        {
            subscriptions = _subscriptions;
        }

        foreach (var subscription in subscriptions)
        {
            await subscription.TellAsync(tell, cancellationToken);
        }
    }

    /// <summary>Pauses; ends early when another call finds that the engine answers again.</summary>
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        var pause = _backoff.Next();
        var change = circuit.Change;
        circuit.Wait(pause);
        using var untilChange = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, change);
        await Task.Delay(pause, clock, untilChange.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Remove(EngineSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }
}
