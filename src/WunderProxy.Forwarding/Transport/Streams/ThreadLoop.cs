using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>A loop that has its own thread.</summary>
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

    /// <summary>Starts the thread of the loop.</summary>
    public void Start() => _thread.Start();

    /// <summary>Aborts the connections of the loop and ends its thread.</summary>
    public async ValueTask DisposeAsync()
    {
        Post(static loop => ((ThreadLoop)loop!)._isStopping = true, this);
        await _ended.Task;
    }

    /// <summary>Waits for events, at most <paramref name="timeoutMilliseconds"/>; -1 waits without limit.</summary>
    protected abstract void WaitForEvents(int timeoutMilliseconds);

    /// <summary>Handles the events of the wait, in transports where they do not arrive as posted work.</summary>
    protected abstract void RunEvents();

    /// <summary>Aborts every connection of the loop.</summary>
    protected abstract void CloseAll();

    /// <summary>Releases the means by which the loop waits, after the last work has run.</summary>
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

        // Aborting completes reads and flushes; their continuations get a last turn to run.
        RunGuarded(static loop => ((ThreadLoop)loop!).CloseAll(), this);
        EndTurn();
        MarkEnded();
        Release();
        _ended.TrySetResult();
    }
}
