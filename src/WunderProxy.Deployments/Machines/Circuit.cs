using System.Diagnostics.CodeAnalysis;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Machines;

/// <summary>
/// How the engine or the store answers. Whoever calls it tells; one loop tries again what is away, and all that runs by
/// itself waits for that. Each fault is named once until the part answers again.
/// </summary>
/// <param name="clock">For what is told.</param>
/// <param name="name">Names a fault, or <c>Ok</c>, in the log.</param>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source without timer or wait handle holds nothing, and calls may end when all else is over.")]
internal sealed class Circuit(TimeProvider clock, Action<string> name)
{
    private const string Ok = "Ok";
    private const string Unknown = "unknown";

    /// <summary>More faults than these in one outage say nothing new.</summary>
    private const int MaxNamed = 16;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private CancellationTokenSource _change = new();
    private CircuitState _state;
    private string _fault = Unknown;
    private DateTimeOffset _since = clock.GetUtcNow();
    private DateTimeOffset _nextTry;

    /// <summary><c>Ok</c>, the last fault, or <c>unknown</c> before the first answer.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Whether the part is away, tried just now or not.</summary>
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

    /// <summary>Cancelled when an open circuit closes, or a closed one opens.</summary>
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

    /// <summary>Takes what a client tells of a call.</summary>
    /// <param name="fault">Null when the part answered, whatever it said; else why it did not.</param>
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

    /// <summary>The part answered.</summary>
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

    /// <summary>The part did not answer, or refused us.</summary>
    public void Open(string fault)
    {
        // A client may quote an address with a password in it.
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

        // Outside of the lock: who waits for it goes on within.
        changed?.Cancel();
    }

    /// <summary>As <see cref="Open"/>, but a fault that is known already says more than this one.</summary>
    public void OpenUnlessOpen(string fault)
    {
        if (!IsOpen)
        {
            Open(fault);
        }
    }

    /// <summary>The loop that looks after the part tries it now.</summary>
    public void Try()
    {
        lock (_lock)
        {
            _state = _state == CircuitState.Open ? CircuitState.HalfOpen : _state;
        }
    }

    /// <summary>That loop waits; a try that reached nothing is over.</summary>
    /// <param name="pause">Until the next try.</param>
    public void Wait(TimeSpan pause)
    {
        lock (_lock)
        {
            _state = _state == CircuitState.HalfOpen ? CircuitState.Open : _state;
            _nextTry = clock.GetUtcNow() + pause;
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
                _ => new CircuitView("open", _since, _nextTry > clock.GetUtcNow() ? _nextTry : null),
            };
        }
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
