using System.Text;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges.Compression;

/// <summary>Compressed responses over real sockets, on either transport.</summary>
[TestFixture(TransportKind.Epoll), TestFixture(TransportKind.Sockets), Parallelizable(ParallelScope.All)]
internal sealed class CompressionTransportTests(TransportKind transport)
{
    private static readonly string Html = string.Concat(Enumerable.Range(0, 80_000).Select(i => $"<p>line {i} of the page</p>\n"));

    [TestCase("br")]
    [TestCase("gzip")]
    public async Task Large_page_arrives_whole(string coding)
    {
        await using var proxy = Start();
        var (client, upstream, _) = await proxy.BeginAsync(Request(coding));

        await upstream.SendAsync(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {Html.Length}\r\nConnection: close\r\n\r\n");
        await upstream.SendAsync(Encoding.Latin1.GetBytes(Html));
        var response = ReceivedResponse.Parse(await client.ReadThroughAsync("\r\n0\r\n\r\n"));

        Assert.That((response.Coding, response.Decode() == Html), Is.EqualTo((coding, true)));
    }

    [TestCase("br")]
    [TestCase("gzip")]
    public async Task Response_that_breaks_off_resets_the_client(string coding)
    {
        await using var proxy = Start();
        var (client, upstream, _) = await proxy.BeginAsync(Request(coding));

        await upstream.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n{Html[..4000]}");
        upstream.ShutdownSend();
        var (text, end) = await client.ReadToEndAsync();

        Assert.That((text.Contains("0\r\n\r\n", StringComparison.Ordinal), end), Is.EqualTo((false, StreamEnd.Reset)));
    }

    [TestCase("br")]
    [TestCase("gzip")]
    public async Task First_line_arrives_while_the_application_is_silent(string coding)
    {
        await using var proxy = Start();
        var (client, upstream, _) = await proxy.BeginAsync(Request(coding));

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"a\": 1}\n\r\n");
        var received = await client.ReadHeadAsync();
        var decoded = "";
        while (decoded.Length == 0)
        {
            var size = await client.ReadThroughAsync("\r\n");
            received += size + await client.ReadAsync(Convert.ToInt32(size.TrimEnd(), 16) + 2);
            decoded = ReceivedResponse.Parse(received).Decode();
        }

        Assert.That(decoded, Is.EqualTo("{\"a\": 1}\n"));
    }

    private static string Request(string coding) => $"GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n";

    private ProxyUnderTest Start() => ProxyUnderTest.Start(
        transport, served: new ApplicationOptions { Compression = ResponseCompression.Normal });
}
