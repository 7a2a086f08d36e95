using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>What every kind of loop has: posted work, timers, the clock and the buffers.</summary>
internal abstract class WorkLoop : TransportLoop
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private List<(Action<object?> Work, object? State)> _posted = [];
    private List<(Action<object?> Work, object? State)> _running = [];
    private readonly List<StreamOutput> _due = [];
    private long _nowMilliseconds;
    private bool _hasEnded;

    // Read without the gate, so that a turn without posted work takes no lock.
    private volatile bool _hasPosted;

    protected WorkLoop(int index, TimeProvider clock, ILogger logger)
        : base(index)
    {
        _clock = clock;
        _logger = logger;
        _nowMilliseconds = ReadClock();
        Timers = new TimerWheel(_nowMilliseconds);
    }

    /// <inheritdoc/>
    public override long NowMilliseconds => _nowMilliseconds;

    /// <inheritdoc/>
    public override TimerWheel Timers { get; }

    /// <summary>The blocks of this loop.</summary>
    public BufferPool Buffers { get; } = new();

    /// <summary>Counts the turns: work that is always ready gives way when it has had its share of one.</summary>
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

            // Later work rides on the wake-up of the first; the loop itself looks before it waits.
            // Woken under the gate, since the means to wake is gone once the loop has ended.
            _posted.Add((work, state));
            _hasPosted = true;
            if (_posted.Count == 1 && !IsCurrent)
            {
                Wake();
            }
        }
    }

    /// <summary>Has an output send what is due when this turn ends.</summary>
    public void SendAtEndOfTurn(StreamOutput output) => _due.Add(output);

    /// <summary>Makes a wait that is under way, or the next one, return at once. Called from other threads.</summary>
    protected abstract void Wake();

    /// <summary>How long the loop may wait for events: 0 with work at hand, -1 without any timer.</summary>
    protected int WaitMilliseconds()
    {
        if (_hasPosted)
        {
            return 0;
        }

        // Against the time of this turn: a clock read is saved, and timers are coarse anyway.
        return Timers.IsEmpty
            ? Timeout.Infinite
            : (int)Math.Clamp(Timers.NextVisitMilliseconds - _nowMilliseconds, 0, int.MaxValue);
    }

    /// <summary>Opens a turn: reads the clock for everything that happens in it.</summary>
    protected void BeginTurn()
    {
        Turn++;
        _nowMilliseconds = ReadClock();
    }

    /// <summary>Ends a turn: runs the work posted up to now, the timers that are due, and sends what was put off.</summary>
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

    /// <summary>From here on posted work is dropped, and <see cref="Wake"/> is not called any more.</summary>
    protected void MarkEnded()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }
    }

    /// <summary>Runs code of a room above; a bug there must not take every other connection of the loop down.</summary>
    protected void RunGuarded(Action<object?> work, object? state)
    {
        try
        {
            work(state);
        }
#pragma warning disable CA1031 // The last line of defence of the loop: the failure is logged, the loop goes on.
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

    private long ReadClock() => _clock.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMillisecond;
}
