using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Instance;

/// <summary>Joins the control plane's containers to the data plane's upstream slot.</summary>
internal sealed class UpstreamTrafficSwitch(UpstreamSlot slot, TimeProvider clock) : ITrafficSwitch, ITrafficMeter
{
    /// <summary>Number of earlier upstreams whose counters are kept for comparison.</summary>
    public const int MaxPrevious = 5;

    private readonly Lock _gate = new();
    private readonly LinkedList<TargetUpstream> _previous = [];
    private TargetUpstream? _current;
    private long _epoch;

    /// <inheritdoc/>
    public TrafficTarget? Current
    {
        get
        {
            lock (_gate)
            {
                return _current?.Target;
            }
        }
    }

    /// <summary>How often traffic was given to another upstream since the process started.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Earlier upstreams, latest first.</summary>
    public IReadOnlyList<TargetUpstream> Previous
    {
        get
        {
            lock (_gate)
            {
                return [.. _previous];
            }
        }
    }

    /// <summary>Returns what an upstream is: the current one or one of <see cref="Previous"/>; null for others.</summary>
    public TrafficTarget? TargetOf(Upstream upstream)
    {
        lock (_gate)
        {
            return ReferenceEquals(_current?.Upstream, upstream)
                ? _current.Target
                : _previous.FirstOrDefault(held => ReferenceEquals(held.Upstream, upstream))?.Target;
        }
    }

    /// <inheritdoc/>
    public ITrafficDrain? Switch(TrafficTarget target)
    {
        lock (_gate)
        {
            return Replace(StillHeld(target) ?? new TargetUpstream(target, NewUpstream(target)));
        }
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_gate)
        {
            Replace(null);
        }
    }

    /// <inheritdoc/>
    public TrafficReport? Measure(TrafficTarget target)
    {
        TargetUpstream? found;
        lock (_gate)
        {
            found = _current?.Target == target ? _current : _previous.FirstOrDefault(held => held.Target == target);
        }

        return found is null ? null : ReportOf(found.Upstream.Snapshot());
    }

    private static TrafficReport ReportOf(UpstreamSnapshot upstream)
    {
        var traffic = upstream.Traffic;
        return new TrafficReport(
            traffic.Requests,
            traffic.Status.Classes.GetValueOrDefault("5xx"),
            traffic.GatewayErrors,
            [.. traffic.Latency.Buckets.Select(time => new TimeCount(time.UpToSeconds, time.Count))])
        {
            CountedFrom = upstream.Since,
        };
    }

    private UpstreamTrafficDrain? Replace(TargetUpstream? next)
    {
        slot.Switch(next?.Upstream);
        var replaced = _current;
        _current = next;
        if (next is not null)
        {
            _epoch += ReferenceEquals(replaced, next) ? 0 : 1;
            _previous.Remove(next);
        }

        if (replaced is null || ReferenceEquals(replaced, next))
        {
            return null;
        }

        _previous.AddFirst(replaced);
        while (_previous.Count > MaxPrevious)
        {
            _previous.RemoveLast();
        }

        return new UpstreamTrafficDrain(replaced);
    }

    /// <summary>
    /// Finds the upstream of a container that is wanted again before its exchanges have ended, so that a later drain
    /// waits for the old exchanges too.
    /// </summary>
    private TargetUpstream? StillHeld(TrafficTarget target) =>
        _current is { } current && current.Target == target
            ? current
            : _previous.FirstOrDefault(held => held.Target == target && held.Upstream.InFlight > 0);

    private Upstream NewUpstream(TrafficTarget target) =>
        new(target.EndPoint, target.Hash.Brief, clock) { Revision = target.Revision };
}
