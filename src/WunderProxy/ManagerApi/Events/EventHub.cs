using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi.Events;

/// <summary>
/// Everything that is live: events as they happen go to all watchers and into a bounded backlog, and while anybody
/// watches, the views are made once a second. Nothing here waits for a watcher.
/// </summary>
internal sealed class EventHub : ILifecycleListener, IDisposable
{
    /// <summary>Most watchers that are served at once.</summary>
    public const int MaxWatchers = 256;

    /// <summary>Most watchers without the rights of a changing call; the other places stay free for operators.</summary>
    public const int MaxStrangers = 224;

    /// <summary>Most characters of a reason on the stream; the stored event has more of it.</summary>
    public const int MaxReasonLength = 4_000;

    private const string OkResult = "ok";

    /// <summary>How long the watchers may take what is queued when the process ends.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);

    /// <summary>Least time between two reports of the same step; a pull reports many a second.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ViewBoard _views;
    private readonly ITimer _timer;
    private readonly LogThrottle _drops;
    private readonly LogThrottle _faults;
    private readonly Lock _lock = new();
    private readonly HashSet<EventWatcher> _watchers = [];
    private readonly EventBacklog _backlog = new();
    private readonly Queue<EventView> _recent = new();
    private TaskCompletionSource? _emptied;
    private (string Kind, string State, long At) _lastProgress = (string.Empty, string.Empty, 0);
    private int _ticking;
    private bool _hasEnded;

    /// <summary>Creates a hub without watchers.</summary>
    /// <param name="read">Reads the present state, for the views.</param>
    /// <param name="clock">Clock of ticks and time limits.</param>
    /// <param name="logger">Told of watchers that were dropped.</param>
    public EventHub(Func<StatusFacts> read, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        _views = new ViewBoard(read, clock);
        _timer = clock.CreateTimer(
            static hub => ((EventHub)hub!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _drops = new LogThrottle(clock, (count, _) => ManagerApiLog.WatchersDropped(logger, count));
        _faults = new LogThrottle(clock, (count, _) => ManagerApiLog.ViewFailedMore(logger, count));
    }

    /// <summary>Least time between two texts of a view.</summary>
    public static TimeSpan TickInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Number of watchers at present.</summary>
    public int Watchers
    {
        get
        {
            lock (_lock)
            {
                return _watchers.Count;
            }
        }
    }

    /// <summary>The last events of this process, oldest first; bounded as the backlog is.</summary>
    public IReadOnlyList<EventView> Recent
    {
        get
        {
            lock (_lock)
            {
                return [.. _recent];
            }
        }
    }

    /// <inheritdoc/>
    public void OnEvent(EventView happened)
    {
        // A reason may quote a launch config at any length, and a block that no queue holds would drop every watcher.
        happened = happened with { Reason = Bounded(happened.Reason) };
        Publish(happened.Type, happened, happened.ForAnybody(), ApiJson.Context.EventView);
        lock (_lock)
        {
            _recent.Enqueue(happened);
            while (_recent.Count > EventBacklog.MaxEvents)
            {
                _recent.Dequeue();
            }
        }
    }

    /// <summary>Tells of an event that is not stored.</summary>
    public void Note(string type, string by) => OnEvent(new EventView(
        string.Empty, type, _clock.GetUtcNow(), by, Environment.MachineName, string.Empty, string.Empty, string.Empty, OkResult, string.Empty));

    /// <inheritdoc/>
    public void OnProgress(OperationView operation)
    {
        if (IsDue(operation))
        {
            var type = ApiJson.Context.OperationView;
            var full = StreamText.Event("progress", string.Empty, JsonSerializer.Serialize(operation, type));
            var cut = StreamText.Event("progress", string.Empty, JsonSerializer.Serialize(operation.ForAnybody(), type));
            lock (_lock)
            {
                Send(new PastEvent(0, full, cut));
            }
        }
    }

    /// <summary>Sends an event to all watchers and keeps it for those that come back.</summary>
    /// <param name="name">Name of the event on the stream.</param>
    /// <param name="full">What watchers with rights are told.</param>
    /// <param name="cut">What all others are told; null for nothing.</param>
    /// <param name="type">Serialises both.</param>
    public void Publish<T>(string name, T full, T? cut, JsonTypeInfo<T> type)
        where T : class
    {
        var (forOperators, forStrangers) = (
            JsonSerializer.Serialize(full, type), cut is null ? null : JsonSerializer.Serialize(cut, type));
        lock (_lock)
        {
            var id = _backlog.IdOf(_backlog.Next);
            var happened = new PastEvent(
                _backlog.Next,
                StreamText.Event(name, id, forOperators),
                forStrangers is null ? [] : StreamText.Event(name, id, forStrangers));
            _backlog.Add(happened);
            Send(happened);
        }
    }

    /// <summary>Adds a watcher, which first gets what it has missed, then the view, then all that happens.</summary>
    /// <param name="view">The view that the watcher is shown.</param>
    /// <param name="caller">Who watches, for the log.</param>
    /// <param name="hasRights">Whether the watcher may see everything.</param>
    /// <param name="lastId">The id of the last event that the watcher has seen; null if it has seen none.</param>
    /// <returns>The watcher, to be disposed of when it has left.</returns>
    /// <exception cref="ApiException">503: there are too many watchers, or the process ends.</exception>
    public EventWatcher Subscribe(LiveView view, ApiCaller caller, bool hasRights, string? lastId)
    {
        EventWatcher watcher;
        lock (_lock)
        {
            if (_hasEnded || _watchers.Count >= MaxWatchers || (!hasRights && CountStrangers() >= MaxStrangers))
            {
                throw ApiException.TooManyWatchers();
            }

            watcher = new EventWatcher(this, view, caller, hasRights, _clock);
            if (_watchers.Count == 0)
            {
                _timer.Change(TickInterval, TickInterval);
            }

            var missed = _backlog.After(lastId, out var isWhole);
            watcher.Offer(StreamText.Begin(Retry, FirstId(missed)));
            if (!isWhole)
            {
                watcher.Offer(StreamText.Event("gap", string.Empty, "{}"));
            }

            foreach (var happened in missed)
            {
                watcher.Offer(happened.For(hasRights));
            }

            _watchers.Add(watcher);
        }

        Show(watcher);
        return watcher;
    }

    /// <summary>Removes a watcher; the last one stops the ticks.</summary>
    public void Leave(EventWatcher watcher)
    {
        lock (_lock)
        {
            if (_watchers.Remove(watcher) && _watchers.Count == 0)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _emptied?.TrySetResult();
            }
        }
    }

    /// <summary>Counts, and at most every 10 s logs, a watcher that was dropped because it does not read.</summary>
    public void OnDropped(ApiCaller caller)
    {
        if (_drops.TryPass(null))
        {
            ManagerApiLog.WatcherDropped(_logger, caller.ToString());
        }
    }

    /// <summary>
    /// Ends all streams: each watcher gets what is queued for it, within half a second, and no new one is taken.
    /// </summary>
    public async Task EndAsync()
    {
        Task emptied;
        Note("stop", "wunderproxy");
        lock (_lock)
        {
            _hasEnded = true;
            _emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_watchers.Count == 0)
            {
                _emptied.SetResult();
            }

            emptied = _emptied.Task;
            foreach (var watcher in _watchers)
            {
                watcher.Complete();
            }
        }

        await emptied.WaitAsync(Farewell, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _drops.Dispose();
        _faults.Dispose();
    }

    /// <summary>
    /// The id from which a stream goes on that begins with these events: the event before the first, so that a watcher
    /// that is cut off at once still gets them.
    /// </summary>
    private string FirstId(IReadOnlyList<PastEvent> missed) =>
        missed.Count > 0 ? _backlog.IdOf(missed[0].Number - 1) : _backlog.LastId;

    private static string Bounded(string reason) =>
        reason.Length <= MaxReasonLength ? reason : reason[..MaxReasonLength] + " …";

    private int CountStrangers() => _watchers.Count(watcher => !watcher.HasRights);

    /// <summary>Under the lock: offers an event to every watcher; those whose queue is full are cut off.</summary>
    private void Send(PastEvent happened)
    {
        foreach (var watcher in _watchers)
        {
            if (!watcher.Offer(happened.For(watcher.HasRights)))
            {
                watcher.Drop();
            }
        }
    }

    private bool IsDue(OperationView operation)
    {
        var now = _clock.GetTimestamp();
        lock (_lock)
        {
            var isSame = _lastProgress.Kind == operation.Kind && _lastProgress.State == operation.State;
            if (_watchers.Count == 0 || (isSame && _clock.GetElapsedTime(_lastProgress.At, now) < ProgressInterval))
            {
                return false;
            }

            _lastProgress = (operation.Kind, operation.State, now);
            return true;
        }
    }

    private void Show(EventWatcher watcher)
    {
        try
        {
            watcher.Show(_views.Current(watcher.View, watcher.HasRights));
        }
        catch (Exception exception)
        {
            OnFault(exception);
        }
    }

    private void Tick()
    {
        // Where making the views takes longer than a tick, ticks are left out.
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return;
        }

        try
        {
            ShowAll();
        }
        catch (Exception exception)
        {
            OnFault(exception);
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    private void ShowAll()
    {
        EventWatcher[] watchers;
        lock (_lock)
        {
            watchers = [.. _watchers];
        }

        var changed = _views.RefreshAll(watchers.Select(watcher => (watcher.View, watcher.HasRights)).ToHashSet());
        foreach (var watcher in watchers)
        {
            if (changed.TryGetValue((watcher.View, watcher.HasRights), out var block))
            {
                watcher.Show(block);
            }
        }
    }

    private void OnFault(Exception exception)
    {
        if (_faults.TryPass(null))
        {
            ManagerApiLog.ViewFailed(_logger, exception);
        }
    }
}
