using BenchmarkDotNet.Attributes;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Benchmarks.Http1;

/// <summary>Reading heads; the baseline only looks for the empty line, as the least that any parser has to do.</summary>
[MemoryDiagnoser]
public class HeadParserBenchmarks
{
    private readonly RequestHead _request = new();
    private readonly ResponseHead _response = new();

    [Benchmark(Baseline = true)]
    public int FindEndOfShortRequest() => RequestSamples.ShortRequest.AsSpan().IndexOf("\r\n\r\n"u8);

    [Benchmark]
    public int ShortRequest() => Parse(RequestSamples.ShortRequest);

    [Benchmark]
    public int BrowserRequest() => Parse(RequestSamples.BrowserRequest);

    [Benchmark]
    public int Response()
    {
        HeadParser.ParseResponse(RequestSamples.Response, HeadLimits.Default, _response, out var consumed, out _);
        MessageFraming.DecideResponse(_response, KnownMethod.Get, out _, out _);
        return consumed == RequestSamples.Response.Length ? consumed : throw new InvalidOperationException("not parsed");
    }

    private int Parse(byte[] bytes)
    {
        HeadParser.ParseRequest(bytes, HeadLimits.Default, _request, out var consumed, out _);
        MessageFraming.DecideRequest(_request, out _, out _);
        return consumed == bytes.Length ? consumed : throw new InvalidOperationException("not parsed");
    }
}
