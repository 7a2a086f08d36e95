using System.Diagnostics.CodeAnalysis;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Machines;

/// <summary>
/// Tracks whether the engine or the store answers. Every caller reports its outcome. While the circuit is open, one
/// loop tries again and background work waits. Each fault is logged once until the part answers again.
/// </summary>
/// <param name="clock">Clock for the times shown to operators.</param>
/// <param name="name">Logs a new state: a fault, or <c>Ok</c>.</param>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source without timer or wait handle holds nothing, and calls may end when all else is over.")]
internal sealed class Circuit(TimeProvider clock, Action<string> name)
{
    private const string Ok = "Ok";
    private const string Unknown = "unknown";

    /// <summary>Most different faults logged in one outage.</summary>
    private const int MaxNamed = 16;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private CancellationTokenSource _change = new();
    private CircuitState _state;
    private string _fault = Unknown;
    private DateTimeOffset _since = clock.GetUtcNow();

    /// <summary>
    /// The pause before the next try, and when it began: a timestamp, which stays right when the time of day is set.
    /// </summary>
    private (long Began, TimeSpan Length) _pause;

    /// <summary><c>Ok</c>, the last fault, or <c>unknown</c> before the first answer.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Whether the part does not answer, even if it is being tried at the moment.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _state != CircuitState.Closed;
            }
        }
    }

    /// <summary>A token that is cancelled when an open circuit closes or a closed one opens.</summary>
    public CancellationToken Change
    {
        get
        {
            lock (_lock)
            {
                return _change.Token;
            }
        }
    }

    /// <summary>Records the outcome of a call that a client reports.</summary>
    /// <param name="fault">Null if the part answered at all; else why it did not.</param>
    public void Hear(string? fault)
    {
        if (fault is null)
        {
            Close();
        }
        else
        {
            Open(fault);
        }
    }

    /// <summary>Records that the part answered.</summary>
    public void Close()
    {
        CancellationTokenSource changed;
        lock (_lock)
        {
            Volatile.Write(ref _fault, Ok);
            if (_state == CircuitState.Closed)
            {
                return;
            }

            _named.Clear();
            changed = Turn(CircuitState.Closed);
        }

        name(Ok);
        changed.Cancel();
    }

    /// <summary>Records that the part did not answer, or refused the credentials.</summary>
    public void Open(string fault)
    {
        // A client may quote an address that contains a password.
        fault = SecretMask.Empty.Apply(fault);
        CancellationTokenSource? changed = null;
        bool isNew;
        lock (_lock)
        {
            Volatile.Write(ref _fault, fault);
            isNew = _named.Count < MaxNamed && _named.Add(fault);
            if (_state == CircuitState.Closed)
            {
                changed = Turn(CircuitState.Open);
            }

            _state = CircuitState.Open;
        }

        if (isNew)
        {
            name(fault);
        }

        // Cancelled outside the lock, because code that waits for the token continues inside this call.
        changed?.Cancel();
    }

    /// <summary>
    /// Opens the circuit like <see cref="Open"/>, unless it is open with a fault that says more than this one.
    /// </summary>
    public void OpenUnlessOpen(string fault)
    {
        if (!IsOpen)
        {
            Open(fault);
        }
    }

    /// <summary>Records that the loop in charge is trying the part at the moment.</summary>
    public void Try()
    {
        lock (_lock)
        {
            _state = _state == CircuitState.Open ? CircuitState.HalfOpen : _state;
        }
    }

    /// <summary>Records that the loop in charge waits after a try without an answer.</summary>
    /// <param name="pause">Time until the next try.</param>
    public void Wait(TimeSpan pause)
    {
        lock (_lock)
        {
            _state = _state == CircuitState.HalfOpen ? CircuitState.Open : _state;
            _pause = (clock.GetTimestamp(), pause);
        }
    }

    public CircuitView ToView()
    {
        lock (_lock)
        {
            return _state switch
            {
                CircuitState.Closed => new CircuitView("closed", _since, null),
                CircuitState.HalfOpen => new CircuitView("half-open", _since, null),
                _ => new CircuitView("open", _since, NextTry()),
            };
        }
    }

    private DateTimeOffset? NextTry()
    {
        var left = _pause.Length - clock.GetElapsedTime(_pause.Began);
        return left > TimeSpan.Zero ? clock.GetUtcNow() + left : null;
    }

    private CancellationTokenSource Turn(CircuitState state)
    {
        _state = state;
        _since = clock.GetUtcNow();
        var changed = _change;
        _change = new CancellationTokenSource();
        return changed;
    }
}
