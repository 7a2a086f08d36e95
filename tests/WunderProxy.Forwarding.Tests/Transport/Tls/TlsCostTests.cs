using System.Globalization;
using System.Net;
using System.Text;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Tests.Exchanges;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Tls;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>What TLS by libssl promises in bytes and objects.</summary>
[NonParallelizable]
internal sealed class TlsCostTests() : TransportFixture(TransportKind.Epoll)
{
    /// <summary>How many handshakes are made until objects are counted; eng/tls.sh asks for more.</summary>
    private static int Handshakes =>
        Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_HANDSHAKES") is { Length: > 0 } number
            ? int.Parse(number, CultureInfo.InvariantCulture)
            : 60;

    [Test]
    public async Task Echo_round_trip_allocates_nothing_on_the_loop([Values(5, 30_000)] int bytes)
    {
        const int Rounds = 2_000;
        var accepted = new AcceptQueue();
        var endPoint = Listen(accepted, tls: TestCertificates.Source(TlsEngine.OpenSsl)).EndPoint;
        using var client = new BlockingTlsClient(endPoint);
        var connection = await accepted.NextAsync();
        connection.Loop.Post(_ => EchoAcceptor.EchoAsync(connection), null);
        Echo(client, bytes, Rounds);
        var before = await AllocatedAsync(connection.Loop);

        Echo(client, bytes, Rounds);

        // The two questions themselves allocate a little.
        Assert.That(await AllocatedAsync(connection.Loop) - before, Is.LessThan(Rounds / 2));
    }

    // With a line for browsers to keep to https, which is made once and not for each answer.
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    public async Task Exchanges_allocate_less_than_a_byte_each(string response)
    {
        const int Exchanges = 20_000;
        const int MostRounds = 8;
        var listeners = ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0))]);
        listeners.All[0].Tls = TestCertificates.Source(TlsEngine.OpenSsl);
        await using var proxy = ProxyUnderTest.Start(
            TransportKind.Epoll, listeners: listeners, served: new ApplicationOptions { Hsts = TimeSpan.FromDays(365) });

        // What it takes once a second is no exchange's, and is counted elsewhere.
        proxy.Server.Statistics.Dispose();
        var request = "GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n"u8.ToArray();
        using var application = new BlockingApplication(request[^4..], Encoding.ASCII.GetBytes(response));
        proxy.Slot.Switch(new Upstream(application.EndPoint, "blocking", TimeProvider.System));
        var clients = Enumerable.Range(0, 8).Select(_ => Own(new BlockingTlsClient(proxy.EndPoint))).ToArray();
        var answerEnd = Encoding.ASCII.GetBytes(response[^7..]);
        Exchange(clients, Exchanges, request, answerEnd);

        // The count is the whole process's, which allocates for itself now and then; not in every round.
        var allocated = long.MaxValue;
        for (var round = 0; round < MostRounds && allocated >= Exchanges; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Exchange(clients, Exchanges, request, answerEnd);
            allocated = Math.Min(allocated, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.That(allocated, Is.LessThan(Exchanges), $"{allocated} bytes for {Exchanges} exchanges");
    }

    [Test]
    public async Task Sessions_and_contexts_are_freed_whatever_becomes_of_the_connection()
    {
        // A test that failed may have left objects behind.
        var (sessionsBefore, contextsBefore) = (TlsSession.LiveCount, TlsContext.LiveCount);
        var source = TestCertificates.Source(TlsEngine.OpenSsl);
        var listener = Listen(new EchoAcceptor(), tls: source);
        var bytes = Hello();
        for (var round = 0; round < Handshakes; round++)
        {
            using var socket = Connect(listener.EndPoint);
            using var end = TlsEnd.Client();
            switch (round % 6)
            {
                case 0:
                    TlsListenerFixture.Shake(socket, end);
                    end.Shutdown();
                    socket.Send(end.TakeSent());
                    break;
                case 1:
                    TlsListenerFixture.Shake(socket, end);
                    Reset(socket);
                    break;
                case 2:
                    socket.Send(bytes.AsSpan(0, round % bytes.Length));
                    break;
                case 3:
                    socket.Send("GET / HTTP/1.1\r\n\r\n"u8);
                    break;
                case 4:
                    socket.Send(bytes);
                    Reset(socket);
                    break;
                default:
                    TlsListenerFixture.Shake(socket, end);
                    source.Exchange(new CertificateSet([TestCertificates.Other]));
                    break;
            }
        }

        await listener.CloseAsync();
        await Transport.DisposeAsync();

        Assert.That(TlsSession.LiveCount, Is.LessThanOrEqualTo(sessionsBefore));
        Assert.That(TlsContext.LiveCount, Is.LessThanOrEqualTo(contextsBefore));
    }

    private static byte[] Hello()
    {
        using var client = TlsEnd.Client();
        client.Handshake();
        return client.TakeSent();
    }

    private static Task<long> AllocatedAsync(TransportLoop loop) =>
        loop.RunAsync(GC.GetAllocatedBytesForCurrentThread);

    private static void Exchange(BlockingTlsClient[] clients, int count, byte[] request, byte[] answerEnd)
    {
        Span<byte> answer = stackalloc byte[1024];
        for (var done = 0; done < count; done += clients.Length)
        {
            foreach (var client in clients)
            {
                client.Send(request);
            }

            foreach (var client in clients)
            {
                for (var length = 0; !answer[..length].EndsWith(answerEnd);)
                {
                    length += client.Receive(answer[length..]);
                }
            }
        }
    }

    private static void Echo(BlockingTlsClient client, int bytes, int rounds)
    {
        var buffer = new byte[bytes];
        for (var round = 0; round < rounds; round++)
        {
            client.Send(buffer);
            client.ReceiveExactly(buffer);
        }
    }
}
