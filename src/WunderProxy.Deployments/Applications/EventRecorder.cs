using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Records events. An event is durable locally on return; while the local state cannot be written, only the store keeps
/// events. A slow store delays the caller by at most 1 s, and no failure reaches the caller.
/// </summary>
/// <param name="eventLog">Keeps events on this machine until the store has them.</param>
/// <param name="store">How the store answers.</param>
/// <param name="clock">The times of events, and how long a caller waits.</param>
/// <param name="log">Told of an event that was lost.</param>
/// <param name="faults">Named points for fault tests.</param>
internal sealed class EventRecorder(
    EventLog eventLog, StoreCondition store, TimeProvider clock, ILogger log, FaultPoints faults) : IAsyncDisposable
{
    /// <summary>
    /// Longest time that a caller waits until the store has the event; while the store does not answer, callers do not
    /// wait.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Task, byte> _writing = new();
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Hears of each event once it is durable; null before anybody listens.</summary>
    public ILifecycleListener? Listener { get; set; }

    /// <summary>Number of events that wait on this machine until the store has them; read without I/O.</summary>
    public int PendingCount => eventLog.PendingCount;

    /// <summary>Creates an event with the present time and this machine's name.</summary>
    public DeploymentEvent Create(string type, string by) =>
        new(type, clock.GetUtcNow(), by, Environment.MachineName);

    /// <summary>Records an event; never throws, because what the event reports has already happened.</summary>
    public Task RecordAsync(DeploymentEvent recorded) => RecordAsync(recorded, isLocalEnough: false);

    /// <summary>
    /// Records an event like <see cref="RecordAsync(DeploymentEvent)"/>, but does not wait for the store if the event is
    /// durable locally: for events on the way to a switch.
    /// </summary>
    public Task RecordAtOnceAsync(DeploymentEvent recorded) => RecordAsync(recorded, isLocalEnough: true);

    /// <summary>Gives the store the events that wait on this machine.</summary>
    /// <exception cref="Storage.ObjectStoreException">The store is away, or takes no writes.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (await eventLog.FlushAsync(cancellationToken) > 0)
        {
            store.Written();
        }
    }

    /// <summary>Abandons writes to the store that are in progress; their events wait on this machine.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        while (_writing.Keys.FirstOrDefault() is { } writing)
        {
            await writing;
            _writing.TryRemove(writing, out _);
        }
    }

    /// <summary>Returns an event as those who watch it are told.</summary>
    public static EventView ToView(DeploymentEvent recorded) => new(
        recorded.Id,
        recorded.Type,
        recorded.At,
        recorded.By,
        recorded.Host,
        recorded.Revision,
        recorded.Hash,
        recorded.FromHash,
        recorded.Result,
        recorded.Reason)
    {
        Seconds = recorded.Seconds,
    };

    private async Task RecordAsync(DeploymentEvent recorded, bool isLocalEnough)
    {
        try
        {
            // The local copy is written before the first await of this call.
            faults.Hit("event-before");
            var isAway = store.IsAway;
            var masked = recorded with { Reason = SecretMask.Empty.Apply(recorded.Reason) };
            var recording = eventLog.RecordAsync(masked, out var isKept, _ending.Token);
            Listener?.OnEvent(ToView(masked));
            var writing = FinishAsync(recording, isKept, recorded.Type);
            _writing.TryAdd(writing, 0);
            _ = writing.ContinueWith(done => _writing.TryRemove(done, out _), TaskScheduler.Default);
            if (!isAway && !(isLocalEnough && isKept))
            {
                // How the wait ends does not matter: the write handles its own failures.
                await writing.WaitAsync(Patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            faults.Hit("event-after");
        }
        catch (Exception exception)
        {
            DeploymentLog.EventLost(log, recorded.Type, AfterSwitch.Describe(exception));
        }
    }

    /// <summary>Notes how the store took an event; handles all failures.</summary>
    private async Task FinishAsync(Task<bool> recording, bool isKept, string type)
    {
        try
        {
            if (await recording)
            {
                store.Written();
            }
            else if (!store.IsReadOnly)
            {
                store.Circuit.OpenUnlessOpen("events wait on this machine until the store answers");
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The process ends; an event that was kept waits on this machine.
            if (!isKept)
            {
                DeploymentLog.EventLost(log, type, "the process ends before the store has the event, and the local state cannot be written");
            }
        }
        catch (Exception exception)
        {
            DeploymentLog.EventLost(log, type, AfterSwitch.Describe(exception));
        }
    }
}
