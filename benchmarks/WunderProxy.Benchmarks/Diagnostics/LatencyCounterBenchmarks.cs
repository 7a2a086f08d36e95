using BenchmarkDotNet.Attributes;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Benchmarks.Diagnostics;

/// <summary>Counting a response time, which every exchange does; the baseline is one plain counter.</summary>
[MemoryDiagnoser]
public class LatencyCounterBenchmarks
{
    private readonly LatencyCounter _counts = new();
    private readonly LatencySum _sum = new();
    private long _counter;
    private long _duration = 1;

    [Benchmark(Baseline = true)]
    public long Count() => ++_counter;

    [Benchmark]
    public void Record()
    {
        // Durations from microseconds to a second, so that the buckets change.
        _duration = (_duration * 5) & 0xF_FFFF;
        _counts.Record(_duration);
    }

    [Benchmark]
    public LatencyHistogram ToHistogram()
    {
        _sum.Clear();
        _sum.Add(_counts);
        return _sum.ToHistogram();
    }
}
