using WunderProxy.Deployments.Contracts;

namespace WunderProxy.TestSupport;

/// <summary>
/// A traffic switch without a data plane: records where traffic went, and ends drains when the test allows it.
/// </summary>
public sealed class RecordingTrafficSwitch : ITrafficSwitch
{
    private readonly Lock _gate = new();
    private readonly List<TrafficTarget?> _history = [];

    /// <inheritdoc/>
    public TrafficTarget? Current { get; private set; }

    /// <summary>Every target in the order of the switches; null when the slot was emptied.</summary>
    public IReadOnlyList<TrafficTarget?> History
    {
        get
        {
            lock (_gate)
            {
                return [.. _history];
            }
        }
    }

    /// <summary>Drains end when this task does; at once if null.</summary>
    public Task? HoldDrains { get; set; }

    /// <summary>Thrown in place of a switch; null for none.</summary>
    public Exception? Refusal { get; set; }

    /// <inheritdoc/>
    public ITrafficDrain? Switch(TrafficTarget target)
    {
        lock (_gate)
        {
            if (Refusal is { } refusal)
            {
                throw refusal;
            }

            var replaced = Current;
            Current = target;
            _history.Add(target);
            return replaced is null ? null : new Drain(replaced, HoldDrains ?? Task.CompletedTask);
        }
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_gate)
        {
            Current = null;
            _history.Add(null);
        }
    }

    private sealed class Drain(TrafficTarget target, Task hold) : ITrafficDrain
    {
        public TrafficTarget Target => target;

        public int InFlight => hold.IsCompleted ? 0 : 1;

        public async Task<DrainHolders> DrainAsync(TimeSpan exchanges, TimeSpan upgraded, CancellationToken cancellationToken)
        {
            await hold.WaitAsync(cancellationToken);
            return default;
        }

        public Task<DrainHolders> EndAsync() => Task.FromResult(new DrainHolders(InFlight));
    }
}
