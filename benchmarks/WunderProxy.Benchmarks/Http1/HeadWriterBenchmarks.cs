using System.Buffers;
using BenchmarkDotNet.Attributes;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Benchmarks.Http1;

/// <summary>Writing the head that goes to the upstream; the baseline copies the bytes as they are.</summary>
[MemoryDiagnoser]
public class HeadWriterBenchmarks
{
    private readonly RequestHead _short = Read(RequestSamples.ShortRequest);
    private readonly RequestHead _browser = Read(RequestSamples.BrowserRequest);
    private readonly ArrayBufferWriter<byte> _output = new(4096);

    [Benchmark(Baseline = true)]
    public int CopyShortRequest()
    {
        _output.ResetWrittenCount();
        _output.Write(_short.Bytes);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int ShortRequest() => Write(_short);

    [Benchmark]
    public int BrowserRequest() => Write(_browser);

    private static RequestHead Read(byte[] bytes)
    {
        var head = new RequestHead();
        HeadParser.ParseRequest(bytes, HeadLimits.Default, head, out _, out _);
        return head;
    }

    private int Write(RequestHead head)
    {
        _output.ResetWrittenCount();
        var writer = new HeadWriter(_output);
        writer.RequestLine(head.Method, head.OriginTarget);
        writer.Field(HeaderName.Host, head.EffectiveHost);
        writer.Fields(head, HeaderFlags.NeverForwarded, new HeaderNameSet(HeaderName.Host, HeaderName.XForwardedFor));
        writer.Field(HeaderName.XForwardedFor, "127.0.0.1"u8);
        writer.End();
        writer.Flush();
        return _output.WrittenCount;
    }
}
