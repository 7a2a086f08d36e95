using BenchmarkDotNet.Attributes;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Benchmarks.Http1;

/// <summary>Following a chunked body of 10 KiB in four chunks.</summary>
[MemoryDiagnoser]
public class ChunkedDecoderBenchmarks
{
    /// <summary>What passing it on costs: the bytes stay where they are.</summary>
    [Benchmark(Baseline = true)]
    public int Scan()
    {
        var decoder = new ChunkedDecoder(HeadLimits.Default);
        decoder.Scan(RequestSamples.ChunkedBody, out var verbatimBytes);
        return decoder.IsComplete ? verbatimBytes : -1;
    }

    /// <summary>Taking the payload out, for a client that cannot read chunks.</summary>
    [Benchmark]
    public int Next()
    {
        var decoder = new ChunkedDecoder(HeadLimits.Default);
        ReadOnlySpan<byte> rest = RequestSamples.ChunkedBody;
        var payloadBytes = 0;
        while (decoder.Next(rest, out var consumed, out var payload) == ParseStatus.NeedMore && consumed > 0)
        {
            payloadBytes += payload.GetOffsetAndLength(rest.Length).Length;
            rest = rest[consumed..];
        }

        return payloadBytes;
    }
}
