using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Tests.Transport;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Exchanges;

/// <summary>The drain of a server with handshakes that hang.</summary>
[TestFixture(TransportKind.Epoll, TlsEngine.OpenSsl)]
[TestFixture(TransportKind.Epoll, TlsEngine.Runtime)]
[TestFixture(TransportKind.Sockets, TlsEngine.Runtime)]
[Parallelizable(ParallelScope.All)]
internal sealed class SecureDrainTests(TransportKind transport, TlsEngine engine)
{
    private const string Get = "GET / HTTP/1.1\r\nHost: example.test\r\n\r\n";

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    /// <summary>The handshakes may take an hour: only the drain can end them within the time of the test.</summary>
    [Test]
    public async Task Drain_ends_handshakes_that_hang_and_lets_an_exchange_finish()
    {
        await using var proxy = Start();
        using var hello = TlsEnd.Client();
        hello.Handshake();
        var bytes = hello.TakeSent();
        var hanging = Enumerable.Range(0, 3).Select(_ => Connect(proxy)).ToArray();
        hanging[1].Send(bytes.AsSpan(0, 60));
        hanging[2].Send(bytes);
        using var end = TlsEnd.Client();
        using var client = Connect(proxy);
        TlsListenerFixture.Shake(client, end);
        end.Write(Encoding.ASCII.GetBytes(Get));
        client.Send(end.TakeSent());
        var upstream = await proxy.AcceptAsync();
        await upstream.ReadHeadAsync();
        await proxy.Server.CloseListenersAsync();

        var drain = proxy.Server.DrainAsync(Long, Long, CancellationToken.None);
        Array.ForEach(hanging, ReceiveToEnd);
        var isDrained = drain.IsCompleted;
        await upstream.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var answer = ReceiveText(client, end);
        client.Dispose();
        await drain.WaitAsync(LoopCalls.Deadline);

        Assert.That(isDrained, Is.False, "the exchange goes on");
        Assert.That(answer, Does.StartWith("HTTP/1.1 200 ").And.EndWith("ok"));
        Array.ForEach(hanging, socket => socket.Dispose());
    }

    private ProxyUnderTest Start()
    {
        var tls = new TlsSource(
            new TlsPolicy { Engine = engine, HandshakeTimeout = TimeSpan.FromHours(1) }, TestCertificates.All);
        return ProxyUnderTest.Start(
            transport,
            options => options with { Tls = tls },
            listeners: ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), ListenerKind.Tls)]));
    }

    private static Socket Connect(ProxyUnderTest proxy)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)LoopCalls.Deadline.TotalMilliseconds,
        };
        socket.Connect(proxy.EndPoint);
        return socket;
    }

    private static void ReceiveToEnd(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (socket.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // A reset is an end too.
        }
    }

    private static string ReceiveText(Socket socket, TlsEnd end)
    {
        var buffer = new byte[16 * 1024];
        var text = "";
        for (var status = -1; status != 0;)
        {
            var read = socket.Receive(buffer);
            Assert.That(read, Is.GreaterThan(0), "no close_notify");
            end.Arrive(buffer.AsSpan(0, read));
            text += Encoding.ASCII.GetString(end.ReadAll(out status));
        }

        return text;
    }
}
