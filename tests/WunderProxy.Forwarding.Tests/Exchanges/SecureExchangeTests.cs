using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>What an exchange over TLS has that one in plain text has not.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class SecureExchangeTests
{
    private const string Request = "GET /x HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n";

    private static readonly TransportKind[] Kinds = [TransportKind.Epoll, TransportKind.Sockets];

    [TestCaseSource(nameof(Kinds))]
    public async Task Application_is_told_https(TransportKind kind)
    {
        await using var proxy = Start(kind);
        var (head, _) = await ExchangeAsync(proxy, "HTTP/1.1 204 No Content\r\n\r\n");

        Assert.That(head, Does.Contain("\r\nX-Forwarded-Proto: https\r\n"));
    }

    [Test]
    public async Task Application_hears_the_scheme_that_a_trusted_proxy_told()
    {
        await using var proxy = Start(TransportKind.Auto);
        var (head, _) = await ExchangeAsync(
            proxy, "HTTP/1.1 204 No Content\r\n\r\n", Request.Replace("\r\n\r\n", "\r\nX-Forwarded-Proto: http\r\n\r\n"));

        Assert.That(head, Does.Contain("\r\nX-Forwarded-Proto: http\r\n"));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Hsts_is_added_where_the_application_sent_none(TransportKind kind)
    {
        await using var proxy = Start(kind, new ApplicationOptions { Hsts = TimeSpan.FromDays(365) });
        var (_, answer) = await ExchangeAsync(proxy, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        Assert.That(answer, Does.Contain("\r\nStrict-Transport-Security: max-age=31536000\r\n"));
    }

    [Test]
    public async Task Hsts_of_the_application_stays()
    {
        await using var proxy = Start(TransportKind.Auto, new ApplicationOptions { Hsts = TimeSpan.FromDays(365) });
        var (_, answer) = await ExchangeAsync(
            proxy, "HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=1\r\nContent-Length: 0\r\n\r\n");

        Assert.That(answer, Does.Contain("max-age=1\r\n").And.Not.Contain("max-age=31536000"));
    }

    [Test]
    public async Task Hsts_is_in_answers_of_the_proxy_too()
    {
        await using var proxy = Start(TransportKind.Auto, new ApplicationOptions { Hsts = TimeSpan.FromDays(1) });
        proxy.Application.Dispose();
        await using var client = await ConnectAsync(proxy);

        await client.WriteAsync(Encoding.ASCII.GetBytes(Request));
        using var reader = new StreamReader(client);

        Assert.That(
            await reader.ReadToEndAsync(),
            Does.StartWith("HTTP/1.1 502 ").And.Contain("\r\nStrict-Transport-Security: max-age=86400\r\n"));
    }

    [TestCase("OPTIONS * HTTP/1.1\r\nHost: a.test\r\nMax-Forwards: 0\r\nConnection: close\r\n\r\n", "200 OK")]
    [TestCase("TRACE / HTTP/1.1\r\nHost: a.test\r\nMax-Forwards: 0\r\nConnection: close\r\n\r\n", "405 ")]
    [TestCase("GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n", "400 ")]
    [TestCase("GET / HTTP/3.0\r\n\r\n", "505 ")]
    public async Task Hsts_is_in_answers_that_no_application_was_asked_for(string request, string status)
    {
        await using var proxy = Start(TransportKind.Auto, new ApplicationOptions { Hsts = TimeSpan.FromDays(1) });
        await using var client = await ConnectAsync(proxy);

        await client.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client);

        Assert.That(
            await reader.ReadToEndAsync(),
            Does.StartWith("HTTP/1.1 " + status).And.Contain("\r\nStrict-Transport-Security: max-age=86400\r\n"));
    }

    [Test]
    public async Task Hsts_is_not_in_the_refusal_of_a_request_in_plain_text()
    {
        await using var proxy = ProxyUnderTest.Start(
            TransportKind.Auto, served: new ApplicationOptions { Hsts = TimeSpan.FromDays(1) });
        var client = await proxy.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\n\r\n");

        Assert.That(
            await client.ReadHeadAsync(), Does.StartWith("HTTP/1.1 400 ").And.Not.Contain("Strict-Transport-Security"));
    }

    [Test]
    public async Task Hsts_is_not_sent_in_plain_text()
    {
        await using var proxy = ProxyUnderTest.Start(
            TransportKind.Auto, served: new ApplicationOptions { Hsts = TimeSpan.FromDays(1) });
        var (client, upstream, _) = await proxy.BeginAsync(Request);

        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        Assert.That(await client.ReadHeadAsync(), Does.Not.Contain("Strict-Transport-Security"));
    }

    [Test]
    public async Task Access_log_names_scheme_and_version()
    {
        var sink = new LineSink();
        await using var proxy = Start(TransportKind.Auto, sink: sink);

        await ExchangeAsync(proxy, "HTTP/1.1 204 No Content\r\n\r\n");

        Assert.That(await sink.TakeAsync(), Does.Contain(" path=/x scheme=https tls=TLSv1.3 status=204 "));
    }

    [TestCase(TransportKind.Epoll, TlsEngine.OpenSsl)]
    [TestCase(TransportKind.Epoll, TlsEngine.Runtime)]
    [TestCase(TransportKind.Sockets, TlsEngine.Runtime)]
    public async Task Client_that_a_proxy_header_names_is_the_client(TransportKind kind, TlsEngine engine)
    {
        var sink = new LineSink();
        await using var proxy = Start(
            kind,
            sink: sink,
            configure: options => options with
            {
                Tls = TestCertificates.Source(engine),
                ProxyProtocolNetworks = [IPNetwork.Parse("127.0.0.0/8")],
            });

        var (head, _) = await ExchangeAsync(
            proxy, "HTTP/1.1 204 No Content\r\n\r\n", header: "PROXY TCP4 192.0.2.7 198.51.100.1 1000 443\r\n");

        Assert.That(head, Does.Contain("\r\nX-Forwarded-For: 192.0.2.7\r\n"));
        Assert.That(await sink.TakeAsync(), Does.Contain(" client=192.0.2.7"));
    }

    private static ProxyUnderTest Start(
        TransportKind kind,
        ApplicationOptions? served = null,
        IAccessLogSink? sink = null,
        Func<ForwarderOptions, ForwarderOptions>? configure = null) =>
        ProxyUnderTest.Start(
            kind,
            options =>
            {
                options = options with { Tls = TestCertificates.Source(TlsEngine.Auto), AccessLog = sink };
                return configure?.Invoke(options) ?? options;
            },
            served: served,
            listeners: ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), ListenerKind.Tls)]));

    private static async Task<(string Head, string Answer)> ExchangeAsync(
        ProxyUnderTest proxy, string response, string request = Request, string header = "")
    {
        await using var client = await ConnectAsync(proxy, header);
        await client.WriteAsync(Encoding.ASCII.GetBytes(request));
        var upstream = await proxy.AcceptAsync();
        var head = await upstream.ReadHeadAsync();
        await upstream.SendAsync(response);
        using var reader = new StreamReader(client);
        return (head, await reader.ReadToEndAsync());
    }

    private static async Task<SslStream> ConnectAsync(ProxyUnderTest proxy, string header = "")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy.EndPoint);
        await socket.SendAsync(Encoding.ASCII.GetBytes(header));
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "example.test",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        });
        return stream;
    }
}
