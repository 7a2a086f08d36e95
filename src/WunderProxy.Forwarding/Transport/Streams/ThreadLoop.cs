using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>A loop with a thread of its own.</summary>
internal abstract class ThreadLoop : WorkLoop, IAsyncDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private bool _isStopping;

    protected ThreadLoop(int index, TimeProvider clock, ILogger logger)
        : base(index, clock, logger)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = $"forwarding-{index}" };
    }

    /// <inheritdoc/>
    public override bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Aborts the connections of the loop and ends its thread.</summary>
    public async ValueTask DisposeAsync()
    {
        Post(static loop => ((ThreadLoop)loop!)._isStopping = true, this);
        await _ended.Task;
    }

    /// <summary>Waits for events, at most <paramref name="timeoutMilliseconds"/>; -1 waits for ever.</summary>
    protected abstract void WaitForEvents(int timeoutMilliseconds);

    /// <summary>Runs the events that the wait brought, where they do not come as posted work.</summary>
    protected abstract void RunEvents();

    /// <summary>Aborts every connection.</summary>
    protected abstract void CloseAll();

    /// <summary>Releases what the loop waits on; nothing runs on it any more.</summary>
    protected abstract void Release();

    private void Run()
    {
        while (!_isStopping)
        {
            WaitForEvents(WaitMilliseconds());
            BeginTurn();
            RunEvents();
            EndTurn();
        }

        // Aborting completes reads and flushes; their continuations get a last turn to see it.
        RunGuarded(static loop => ((ThreadLoop)loop!).CloseAll(), this);
        EndTurn();
        MarkEnded();
        Release();
        _ended.TrySetResult();
    }
}
