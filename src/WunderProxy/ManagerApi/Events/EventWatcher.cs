using System.Runtime.CompilerServices;

namespace WunderProxy.ManagerApi.Events;

/// <summary>
/// One reader of the live stream, with a bounded queue of events and one place for the latest view, in which a newer
/// one replaces what was not sent yet. Offers never wait, so that a reader that does not read delays nobody.
/// </summary>
internal sealed class EventWatcher : IDisposable
{
    /// <summary>Most events that wait for one watcher: all that the backlog may hold, and as many new ones.</summary>
    public const int MaxQueued = 2 * EventBacklog.MaxEvents;

    /// <summary>Most bytes of events that wait for one watcher.</summary>
    public const int MaxQueuedBytes = 2 * EventBacklog.MaxBytes;

    private const int MaxWriteBytes = 16 * 1024;

    private readonly EventHub _hub;
    private readonly ApiCaller _caller;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _events = new();
    private readonly CancellationTokenSource _cut = new();
    private TaskCompletionSource _wake = NewWake();
    private byte[]? _shown;
    private int _bytes;
    private bool _isComplete;
    private int _disposals;

    public EventWatcher(EventHub hub, LiveView view, ApiCaller caller, bool hasRights, TimeProvider clock)
    {
        (_hub, View, _caller, HasRights, _clock) = (hub, view, caller, hasRights, clock);
        Cut = _cut.Token;
    }

    /// <summary>Longest time without a byte; then a comment is sent.</summary>
    public static TimeSpan HeartbeatInterval { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time for one write; a watcher that takes longer is dropped.</summary>
    public static TimeSpan WriteTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The view that the watcher is shown.</summary>
    public LiveView View { get; }

    /// <summary>Whether the watcher may see everything.</summary>
    public bool HasRights { get; }

    /// <summary>Cancelled when the watcher is dropped, so that a write in progress ends, too.</summary>
    public CancellationToken Cut { get; }

    /// <summary>Queues an event for the watcher.</summary>
    /// <returns>False if the queue is full; the watcher has then missed an event and has to be dropped.</returns>
    public bool Offer(byte[] block)
    {
        lock (_lock)
        {
            if (_events.Count >= MaxQueued || _bytes + block.Length > MaxQueuedBytes)
            {
                return false;
            }

            if (block.Length > 0)
            {
                _events.Enqueue(block);
                _bytes += block.Length;
                _wake.TrySetResult();
            }

            return true;
        }
    }

    /// <summary>Shows a new state of the view in place of one that was not sent yet.</summary>
    public void Show(byte[] block)
    {
        lock (_lock)
        {
            _shown = block;
            _wake.TrySetResult();
        }
    }

    /// <summary>Ends the stream behind what is queued.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            _wake.TrySetResult();
        }
    }

    /// <summary>Ends the stream at once, because the watcher does not keep up.</summary>
    public void Drop()
    {
        try
        {
            // On another thread: what waits for the token must not run on the caller's.
            _ = _cut.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The watcher left at the same moment.
        }
    }

    /// <summary>Reports that the watcher was dropped because it does not keep up.</summary>
    public void OnStuck() => _hub.OnDropped(_caller);

    /// <summary>Returns the blocks to send, each as soon as there is something to send.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var block = Take(out var wake);
            if (block.Length > 0)
            {
                yield return block;
            }
            else if (wake is null)
            {
                yield break;
            }
            else if (!await IsWokenAsync(wake, cancellationToken))
            {
                yield return StreamText.Heartbeat;
            }
        }
    }

    /// <summary>Gives the watcher's place back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposals, 1) == 0)
        {
            _hub.Leave(this);
            _cut.Dispose();
        }
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes what is queued, small events as one block for one write; the view comes last.</summary>
    /// <param name="wake">Completes when there is more; null if nothing comes any more.</param>
    private ReadOnlyMemory<byte> Take(out Task? wake)
    {
        lock (_lock)
        {
            if (_wake.Task.IsCompleted)
            {
                _wake = NewWake();
            }

            wake = _isComplete ? null : _wake.Task;
            if (_events.Count > 0)
            {
                return TakeEvents();
            }

            var shown = _shown;
            _shown = null;
            return shown;
        }
    }

    /// <summary>Takes queued events as one block; called under the lock.</summary>
    private ReadOnlyMemory<byte> TakeEvents()
    {
        var first = _events.Dequeue();
        _bytes -= first.Length;
        if (_events.Count == 0 || first.Length + _events.Peek().Length > MaxWriteBytes)
        {
            // The block is shared by all watchers and not copied.
            return first;
        }

        var block = new MemoryStream();
        block.Write(first);
        while (_events.TryPeek(out var next) && block.Length + next.Length <= MaxWriteBytes)
        {
            block.Write(_events.Dequeue());
            _bytes -= next.Length;
        }

        return block.GetBuffer().AsMemory(0, (int)block.Length);
    }

    private async Task<bool> IsWokenAsync(Task wake, CancellationToken cancellationToken)
    {
        try
        {
            await wake.WaitAsync(HeartbeatInterval, _clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
