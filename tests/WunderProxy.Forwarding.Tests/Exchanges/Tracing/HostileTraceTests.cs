using System.Net;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Tests.Exchanges.Tracing;

/// <summary>What strangers may send about a trace, and what of it gets into spans.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
internal sealed class HostileTraceTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c8031";

    [OneTimeSetUp]
    public void Listen() => EndedSpans.Listen();

    [Test]
    public void No_control_byte_of_a_client_gets_into_a_span()
    {
        const string Address = "192.0.2.51";
        string[] places =
        [
            "GET /{0}x;token=a{0} HTTP/1.1\r\nHost: a\r\n\r\n",
            "GE{0}T / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a{0}b:80\r\n\r\n",
            $"GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-{Trace}50-b7ad6b7169203331-01\r\ntracestate: a=b{{0}}c\r\n\r\n",
            $"GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-{Trace}{{0}}0-b7ad6b7169203331-01\r\n\r\n",
        ];
        var proxy = Start();
        proxy.Slot.Switch(null);
        foreach (var place in places)
        {
            for (var octet = 0; octet < 256; octet++)
            {
                proxy.Send(proxy.Connect(From(Address)), place.Replace("{0}", $"{(char)octet}", StringComparison.Ordinal));
            }
        }

        var spans = EndedSpans.All.Where(span => Equals(span.GetTagItem("client.address"), Address)).ToArray();

        Assert.That(spans, Has.Length.EqualTo(places.Length * 256));
        foreach (var span in spans)
        {
            string[] texts = [span.DisplayName, span.TraceStateString ?? string.Empty, .. EndedSpans.Tags(span).Values];
            Assert.That(texts, Is.All.Match(@"\A[^\u0000-\u001f\u007f-\u009f]*\z"));
        }
    }

    [TestCase(1, "tracestate: a=1\r\ntracestate:\r\nTraceState:  b=2 \r\n", "a=1,b=2")]
    [TestCase(2, "tracestate:\r\ntracestate: \r\n", null)]
    [TestCase(3, "tracestate: a=\t1\r\n", null)]
    [TestCase(4, "tracestate: a=\u00e9\r\n", null)]
    public void State_of_a_trace_is_kept_if_it_is_one_and_passes_on_in_any_case(int number, string lines, string? expected)
    {
        var (head, state) = Ask($"192.0.2.6{number}", lines);

        Assert.That(state, Is.EqualTo(expected));
        Assert.That(head, Does.Contain(lines.Split("\r\n")[0]));
    }

    [TestCase(5, 512, 1, true)]
    [TestCase(6, 513, 1, false)]
    [TestCase(7, 512, 100, false)]
    [TestCase(8, 3, 100, true, Description = "3 bytes and a comma, 100 times, is 399")]
    [TestCase(9, 20, 100, false)]
    public void State_of_a_trace_is_bounded_however_it_is_cut_into_lines(int number, int bytes, int lines, bool isKept)
    {
        var line = $"a={new string('x', bytes - 2)}";

        var (head, state) = Ask($"192.0.2.7{number}", string.Concat(Enumerable.Repeat($"tracestate: {line}\r\n", Math.Min(lines, 28_000 / (bytes + 14)))));

        Assert.That(state, isKept ? Does.StartWith(line) : Is.Null);
        Assert.That(state ?? string.Empty, Has.Length.LessThanOrEqualTo(512));
        Assert.That(head, Does.Contain($"tracestate: {line}\r\n"));
    }

    [TestCase(1, "00-{0}-b7ad6b7169203331-01", true)]
    [TestCase(2, "01-{0}-b7ad6b7169203331-01-what-comes-later", true)]
    [TestCase(3, "00-{0}-b7ad6b7169203331-01-x", false)]
    [TestCase(4, "ff-{0}-b7ad6b7169203331-01", false)]
    [TestCase(5, "00-{0}-0000000000000000-01", false)]
    [TestCase(6, "00-{0}-B7AD6B7169203331-01", false)]
    [TestCase(7, " 00-{0}-b7ad6b7169203331-01", true, Description = "blanks around a value do not count")]
    [TestCase(8, "00-{0}-b7ad6b7169203331-01, 00-{0}-b7ad6b7169203331-01", false)]
    public void Trace_goes_on_only_if_the_field_is_right(int number, string field, bool goesOn)
    {
        var address = $"192.0.2.8{number}";
        var trace = $"{Trace}8{number}";

        var (head, _) = Ask(address, $"traceparent: {field.Replace("{0}", trace, StringComparison.Ordinal)}\r\n", isTraced: false);

        var span = EndedSpans.RequestFrom(address)!;
        Assert.That($"{span.TraceId}", goesOn ? Is.EqualTo(trace) : Is.Not.EqualTo(trace));
        Assert.That(head, Does.Contain($"\r\ntraceparent: 00-{span.TraceId}-{span.SpanId}-01\r\n"));
        Assert.That(head.Split("traceparent", StringSplitOptions.None), Has.Length.EqualTo(2), "one line");
    }

    private static (string Head, string? State) Ask(string address, string lines, bool isTraced = true)
    {
        var proxy = Start();
        var client = proxy.Connect(From(address));
        var parent = isTraced ? $"traceparent: 00-{Trace}99-b7ad6b7169203331-01\r\n" : string.Empty;
        proxy.Send(client, $"GET / HTTP/1.1\r\nHost: a\r\n{parent}{lines}\r\n");
        var head = proxy.Received(proxy.Upstreams.Single());
        proxy.Send(proxy.Upstreams.Single(), "HTTP/1.1 204 No\r\n\r\n");
        return (head, EndedSpans.RequestFrom(address)!.TraceStateString);
    }

    private static MemoryProxy Start() => new(options => options with { Traces = new SpanOptions(FollowsParent: true, 1) });

    private static IPEndPoint From(string address) => new(IPAddress.Parse(address), 7);
}
