using System.Net;
using BenchmarkDotNet.Attributes;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Benchmarks.Upstreams;

/// <summary>Taking and releasing the claim on the current upstream, which every exchange does.</summary>
[MemoryDiagnoser]
public class UpstreamLeaseBenchmarks
{
    private readonly UpstreamSlot _slot = new();
    private readonly UnusedLoop _loop = new();
    private readonly UpstreamLease _lease = new(new UnusedHolder());
    private long _counter;

    [GlobalSetup]
    public void PutUpstream() => _slot.Switch(new Upstream(IPEndPoint.Parse("127.0.0.1:1"), "sample", TimeProvider.System));

    /// <summary>The least that a claim other threads can see costs: two interlocked operations.</summary>
    [Benchmark(Baseline = true)]
    public long TwoInterlocked() => Interlocked.Increment(ref _counter) + Interlocked.Decrement(ref _counter);

    [Benchmark]
    public bool TakeAndRelease()
    {
        var taken = _lease.TryTake(_slot, _loop);
        _lease.Release();
        return taken;
    }

    private sealed class UnusedHolder : ILeaseHolder
    {
        public void OnDrainDeadline()
        {
        }
    }

    private sealed class UnusedLoop() : TransportLoop(0)
    {
        public override long NowMilliseconds => 0;

        public override long NowMicroseconds => 0;

        public override TimerWheel Timers { get; } = new(0);

        public override bool IsCurrent => true;

        public override void Post(Action<object?> work, object? state) => work(state);

        public override ValueTask<ConnectResult> ConnectAsync(EndPoint endPoint, int timeoutMilliseconds) =>
            throw new NotSupportedException();
    }
}
