using BenchmarkDotNet.Attributes;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Benchmarks.Diagnostics;

/// <summary>Counting a response time, which every exchange does; the baseline is one plain counter.</summary>
[MemoryDiagnoser]
public class ResponseTimeHistogramBenchmarks
{
    private readonly ResponseTimeHistogram _histogram = new();
    private long _counter;
    private long _duration = 1;

    [Benchmark(Baseline = true)]
    public long Count() => ++_counter;

    [Benchmark]
    public void Record()
    {
        // Durations from microseconds to a second, so that the buckets change.
        _duration = (_duration * 5) & 0xF_FFFF;
        _histogram.Record(_duration);
    }

    [Benchmark]
    public ResponseTimes ToResponseTimes() => _histogram.ToResponseTimes();
}
