using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>The parts that all kinds of loops share: posted work, timers, clock and buffers.</summary>
internal abstract class WorkLoop : TransportLoop
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private List<(Action<object?> Work, object? State)> _posted = [];
    private List<(Action<object?> Work, object? State)> _running = [];
    private readonly List<StreamOutput> _due = [];
    private long _nowMilliseconds;
    private long _nowMicroseconds;
    private bool _hasEnded;

    // Read without the lock, so that a turn without posted work takes none.
    private volatile bool _hasPosted;

    protected WorkLoop(int index, TimeProvider clock, ILogger logger)
        : base(index)
    {
        _clock = clock;
        _logger = logger;
        ReadClock();
        Timers = new TimerWheel(_nowMilliseconds);
    }

    /// <inheritdoc/>
    public override long NowMilliseconds => _nowMilliseconds;

    /// <inheritdoc/>
    public override long NowMicroseconds => _nowMicroseconds;

    /// <inheritdoc/>
    public override TimerWheel Timers { get; }

    /// <summary>The buffer blocks of this loop.</summary>
    public BufferPool Buffers { get; } = new();

    /// <summary>
    /// Number of turns so far; streams that are always ready use the number to bound their work in one turn.
    /// </summary>
    public uint Turn { get; private set; }

    protected ILogger Logger => _logger;

    /// <inheritdoc/>
    public override void Post(Action<object?> work, object? state)
    {
        lock (_gate)
        {
            if (_hasEnded)
            {
                return;
            }

            // Only the first posted work wakes the loop, which looks for more before it waits. The wake-up happens
            // under the lock, because its means is released once the loop has ended.
            _posted.Add((work, state));
            _hasPosted = true;
            if (_posted.Count == 1 && !IsCurrent)
            {
                Wake();
            }
        }
    }

    /// <summary>Registers an output whose due bytes are sent when this turn ends.</summary>
    public void SendAtEndOfTurn(StreamOutput output) => _due.Add(output);

    /// <summary>Makes the current wait, or the next one, return at once. Called from other threads.</summary>
    protected abstract void Wake();

    /// <summary>
    /// Returns how long the loop may wait for events, in milliseconds: 0 with work at hand, -1 without any timer.
    /// </summary>
    protected int WaitMilliseconds()
    {
        if (_hasPosted)
        {
            return 0;
        }

        // Compared with the time of this turn: that saves a clock read, and timers are coarse anyway.
        return Timers.IsEmpty
            ? Timeout.Infinite
            : (int)Math.Clamp(Timers.NextVisitMilliseconds - _nowMilliseconds, 0, int.MaxValue);
    }

    /// <summary>Begins a turn: reads the clock, whose time is used throughout the turn.</summary>
    protected void BeginTurn()
    {
        Turn++;
        ReadClock();
    }

    /// <summary>
    /// Ends a turn: runs the work posted so far and the timers that are due, and sends deferred bytes.
    /// </summary>
    /// <returns>Whether any posted work was run.</returns>
    protected bool EndTurn()
    {
        var hasWork = _hasPosted;
        if (hasWork)
        {
            RunPosted();
        }

        RunGuarded(static loop => ((WorkLoop)loop!).AdvanceTimers(), this);
        SendDue();
        return hasWork;
    }

    /// <summary>
    /// Marks the loop as ended: posted work is dropped from now on, and <see cref="Wake"/> is not called any more.
    /// </summary>
    protected void MarkEnded()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }
    }

    /// <summary>
    /// Runs code of the layers above; an exception there must not end every other connection of the loop.
    /// </summary>
    protected void RunGuarded(Action<object?> work, object? state)
    {
        try
        {
            work(state);
        }
#pragma warning disable CA1031 // The last line of defence of the loop: the failure is logged and the loop goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            TransportLog.WorkFailed(_logger, exception, Index);
        }
    }

    private void RunPosted()
    {
        lock (_gate)
        {
            (_posted, _running) = (_running, _posted);
            _hasPosted = false;
        }

        foreach (var (work, state) in _running)
        {
            RunGuarded(work, state);
        }

        _running.Clear();
    }

    private void SendDue()
    {
        foreach (var output in _due)
        {
            output.TrySendDue();
        }

        _due.Clear();
    }

    private void AdvanceTimers() => Timers.Advance(_nowMilliseconds);

    private void ReadClock()
    {
        _nowMicroseconds = _clock.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond;
        _nowMilliseconds = _nowMicroseconds / 1000;
    }
}
