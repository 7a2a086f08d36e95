using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.TestSupport;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>Exchanges whose TLS ends without a close_notify, or goes on after one.</summary>
[TestFixture(TransportKind.Epoll, TlsEngine.OpenSsl)]
[TestFixture(TransportKind.Epoll, TlsEngine.Runtime)]
[TestFixture(TransportKind.Sockets, TlsEngine.Runtime)]
[Parallelizable(ParallelScope.All)]
internal sealed class SecureCutTests(TransportKind transport, TlsEngine engine)
{
    private const string Get = "GET /whole HTTP/1.1\r\nHost: example.test\r\n\r\n";
    private const string NoContent = "HTTP/1.1 204 No Content\r\n\r\n";

    [Test]
    public async Task Head_that_is_cut_reaches_no_application([Values(1, 20, 41)] int length)
    {
        await using var proxy = Start();
        using var cut = new Client(proxy);
        cut.Send(Get[..length]);
        cut.Cut();

        using var whole = new Client(proxy);
        whole.Send(Get);
        var upstream = await proxy.AcceptAsync();

        Assert.That(await upstream.ReadHeadAsync(), Does.StartWith("GET /whole HTTP/1.1\r\n"));
        await upstream.SendAsync(NoContent);
        Assert.That(whole.Receive("\r\n\r\n"), Does.StartWith("HTTP/1.1 204 "));
    }

    [TestCase("Content-Length: 10\r\n\r\n12345")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")]
    public async Task Body_that_is_cut_never_becomes_complete(string body)
    {
        await using var proxy = Start();
        using var client = new Client(proxy);
        client.Send("POST / HTTP/1.1\r\nHost: example.test\r\n" + body);
        var upstream = await proxy.AcceptAsync();
        await upstream.ReadThroughAsync("12345");

        client.Cut();

        var (text, end) = await upstream.ReadToEndAsync();
        Assert.That(end, Is.EqualTo(StreamEnd.Reset));
        Assert.That(text, Is.Empty.Or.EqualTo("\r\n"));
    }

    [Test]
    public async Task Connection_that_is_cut_between_requests_is_forgotten()
    {
        await using var proxy = Start();
        using var client = new Client(proxy);
        client.Send(Get);
        var upstream = await proxy.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(NoContent);
        client.Receive("\r\n\r\n");

        client.Cut();

        await Eventually.TrueAsync(() => proxy.Server.Snapshot().Connections is { Idle: 0, Active: 0, New: 0 });
    }

    [Test]
    public async Task Request_after_a_close_notify_is_not_read()
    {
        await using var proxy = Start();
        using var client = new Client(proxy);
        client.Send(Get);
        var upstream = await proxy.AcceptAsync();
        await upstream.ReadHeadAsync();
        await upstream.SendAsync(NoContent);
        client.Receive("\r\n\r\n");

        client.SendAfterCloseNotify(Get.Replace("whole", "late"));

        await Eventually.TrueAsync(() => proxy.Server.Snapshot().Connections is { Idle: 0, Active: 0, New: 0 });
        Assert.That(proxy.Server.Snapshot().Total.Requests, Is.EqualTo(1));
    }

    private ProxyUnderTest Start() => ProxyUnderTest.Start(
        transport,
        options => options with { Tls = TestCertificates.Source(engine) },
        listeners: ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), ListenerKind.Tls)]));

    /// <summary>A client whose TLS is in the hands of the test.</summary>
    private sealed class Client : IDisposable
    {
        private readonly TlsEnd _end = TlsEnd.Client();
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)LoopCalls.Deadline.TotalMilliseconds,
        };

        public Client(ProxyUnderTest proxy)
        {
            _socket.Connect(proxy.EndPoint);
            TlsListenerFixture.Shake(_socket, _end);
        }

        public void Send(string text)
        {
            _end.Write(Encoding.ASCII.GetBytes(text));
            _socket.Send(_end.TakeSent());
        }

        /// <summary>Ends the stream without a close_notify.</summary>
        public void Cut() => _socket.Shutdown(SocketShutdown.Send);

        /// <summary>Sends a close_notify and then what an attacker could add, who has no keys: a record out of nothing.</summary>
        public void SendAfterCloseNotify(string text)
        {
            _end.Shutdown();
            byte[] record = [23, 3, 3, 0, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
            _socket.Send([.. _end.TakeSent(), .. record]);
        }

        public string Receive(string through)
        {
            var buffer = new byte[16 * 1024];
            var text = "";
            while (!text.Contains(through, StringComparison.Ordinal))
            {
                var read = _socket.Receive(buffer);
                Assert.That(read, Is.GreaterThan(0), text);
                _end.Arrive(buffer.AsSpan(0, read));
                text += Encoding.ASCII.GetString(_end.ReadAll(out _));
            }

            return text;
        }

        public void Dispose()
        {
            _end.Dispose();
            _socket.Dispose();
        }
    }
}
