using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

[TestFixture(TransportKind.Epoll, TlsEngine.OpenSsl)]
[TestFixture(TransportKind.Epoll, TlsEngine.Runtime)]
[TestFixture(TransportKind.Sockets, TlsEngine.Runtime)]
internal sealed class TlsHandshakeTests(TransportKind kind, TlsEngine engine) : TlsListenerFixture(kind, engine)
{
    [Test]
    public async Task SslStream_and_libssl_are_served_alike()
    {
        var stream = await ConnectTlsAsync();
        await stream.WriteAsync("hello"u8.ToArray());
        var answer = new byte[5];
        await stream.ReadExactlyAsync(answer);
        Assert.That(Encoding.ASCII.GetString(answer), Is.EqualTo("hello"));

        using var end = TlsEnd.Client();
        var socket = Connect(EndPoint);
        Shake(socket, end);
        end.Write("world"u8);
        socket.Send(end.TakeSent());
        Assert.That(Encoding.ASCII.GetString(Receive(socket, end, 5)), Is.EqualTo("world"));

        Assert.That(Tls.Counters.Full, Is.EqualTo(2));
    }

    [TestCase("http/1.1", "h2", "http/1.0", "http/1.1")]
    [TestCase("http/1.0", "h2", "http/1.0")]
    public async Task Newest_http_1_that_the_client_offers_is_agreed_on(string agreed, params string[] offered)
    {
        var stream = Own(new SslStream(Own(new NetworkStream(Connect(EndPoint)))));

        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "example.test",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            ApplicationProtocols = [.. offered.Select(each => new SslApplicationProtocol(each))],
        }).WaitAsync(LoopCalls.Deadline);

        Assert.That(stream.NegotiatedApplicationProtocol.ToString(), Is.EqualTo(agreed));
    }

    [Test]
    public void Content_that_comes_with_the_end_of_the_handshake_is_read()
    {
        using var end = TlsEnd.Client();
        var socket = Connect(EndPoint);
        var buffer = new byte[64 * 1024];
        end.Handshake();
        socket.Send(end.TakeSent());
        while (end.Handshake() != Forwarding.Transport.OpenSsl.TlsStep.Done)
        {
            end.Arrive(buffer.AsSpan(0, socket.Receive(buffer)));
        }

        end.Write("at once"u8);
        socket.Send(end.TakeSent());

        Assert.That(Encoding.ASCII.GetString(Receive(socket, end, 7)), Is.EqualTo("at once"));
    }

    [Test]
    public void Handshake_may_come_byte_by_byte()
    {
        using var end = TlsEnd.Client();
        var socket = Connect(EndPoint);
        socket.NoDelay = true;
        var buffer = new byte[64 * 1024];
        while (end.Handshake() != Forwarding.Transport.OpenSsl.TlsStep.Done)
        {
            foreach (var each in end.TakeSent())
            {
                socket.Send([each]);
            }

            end.Arrive(buffer.AsSpan(0, socket.Receive(buffer)));
        }

        foreach (var each in end.TakeSent())
        {
            socket.Send([each]);
        }

        end.Write("hello"u8);
        socket.Send(end.TakeSent());
        Assert.That(Receive(socket, end, 5), Has.Length.EqualTo(5));
    }

    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [TestCase("DELETE /something HTTP/1.1\r\n\r\n")]
    [TestCase("G")]
    public async Task Plain_http_is_answered_in_plain_text(string text)
    {
        var socket = Connect(EndPoint);
        socket.Send(Encoding.ASCII.GetBytes(text));
        socket.Shutdown(SocketShutdown.Send);

        Assert.That(Encoding.ASCII.GetString(ReceiveToEnd(socket)), Is.EqualTo("HTTP/1.1 400 Bad Request\r\n\r\n"));
        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        Assert.That(Tls.Counters.Failed(TlsFailure.PlainHttp), Is.EqualTo(1));
    }

    [Test]
    public void Plain_http_with_a_body_under_way_is_answered_too()
    {
        var socket = Connect(EndPoint);
        socket.Send(Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"));
        socket.Send(new byte[100_000]);
        socket.Shutdown(SocketShutdown.Send);

        Assert.That(Encoding.ASCII.GetString(ReceiveToEnd(socket)), Is.EqualTo("HTTP/1.1 400 Bad Request\r\n\r\n"));
    }

    [Test]
    public async Task Hello_cut_at_any_length_ends_quietly()
    {
        using var client = TlsEnd.Client();
        client.Handshake();
        var hello = client.TakeSent();
        for (var length = 0; length < hello.Length; length += length < 16 ? 1 : 13)
        {
            var socket = Connect(EndPoint);
            socket.Send(hello.AsSpan(0, length));
            socket.Shutdown(SocketShutdown.Send);
            ReceiveToEnd(socket);
        }

        // The acceptors always hold a reservation for the next client, one or two of them.
        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        Assert.That(Acceptor.Accepted, Is.Zero);
        Assert.That(Tls.Counters.Failed(TlsFailure.Closed), Is.GreaterThan(20));
    }

    [Test]
    public async Task Reset_in_the_handshake_ends_quietly()
    {
        using var client = TlsEnd.Client();
        client.Handshake();
        var hello = client.TakeSent();
        for (var round = 0; round < 20; round++)
        {
            var socket = Connect(EndPoint);
            socket.Send(hello.AsSpan(0, (round * 7) + 1));
            Reset(socket);
        }

        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        Assert.That(Acceptor.Accepted, Is.Zero);
    }

    [Test]
    public async Task Random_bytes_end_quietly()
    {
        var random = new Random(11);
        for (var round = 0; round < 50; round++)
        {
            var socket = Connect(EndPoint);
            var bytes = Pattern(random.Next(1, 3000), round);

            // Not a letter, which would be taken for HTTP.
            bytes[0] = 22;
            socket.Send(bytes);
            socket.Shutdown(SocketShutdown.Send);
            ReceiveToEnd(socket);
        }

        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        Assert.That(Acceptor.Accepted, Is.Zero);
    }

    [Test]
    public async Task Hello_of_more_than_64_KiB_is_cut_off()
    {
        var socket = Connect(EndPoint);
        var sent = 0;
        try
        {
            // A ClientHello of 130,000 bytes in records of 16 KiB; OpenSSL itself would take it.
            byte[] start = [1, 0x01, 0xFB, 0xD0, 3, 3];
            for (var record = 0; record < 8; record++)
            {
                var body = new byte[16_384];
                if (record == 0)
                {
                    start.CopyTo(body, 0);
                }

                socket.Send([22, 3, 1, 0x40, 0x00, .. body]);
                sent += body.Length;
            }
        }
        catch (SocketException)
        {
            // Cut off while it was being sent.
        }

        ReceiveToEnd(socket);
        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        Assert.That(sent, Is.GreaterThan(16_384));
        Assert.That(
            Tls.Counters.Failed(TlsFailure.TooLong) + Tls.Counters.Failed(TlsFailure.Malformed), Is.EqualTo(1));
    }

    [Test]
    public async Task Client_that_does_not_trust_the_certificate_is_counted_and_forgotten()
    {
        var socket = Connect(EndPoint);
        var stream = Own(new SslStream(Own(new NetworkStream(socket))));

        Assert.That(
            async () => await stream.AuthenticateAsClientAsync("example.test"),
            Throws.InstanceOf<AuthenticationException>());

        socket.Dispose();
        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1 || Acceptor.Accepted == 1);
    }

    [Test]
    public async Task Certificates_are_exchanged_while_handshakes_hang_and_others_come()
    {
        var sets = new[]
        {
            new CertificateSet([TestCertificates.Example, TestCertificates.Other]),
            new CertificateSet([TestCertificates.Other, TestCertificates.Example, TestCertificates.Rsa]),
        };
        using var first = TlsEnd.Client();
        first.Handshake();
        var hello = first.TakeSent();
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            var swaps = 0;
            for (; !stop.IsCancellationRequested; swaps++)
            {
                Tls.Exchange(sets[swaps % 2]);
            }

            return swaps;
        });

        var hanging = new List<(Socket Socket, TlsEnd End)>();
        for (var round = 0; round < 100; round++)
        {
            // The first bytes arrive before some exchanges, the name of the server after them.
            var socket = Connect(EndPoint);
            var end = TlsEnd.Client(new TlsEndOptions { ServerName = round % 2 == 0 ? "other.test" : "example.test" });
            end.Handshake();
            var bytes = end.TakeSent();
            socket.Send(bytes.AsSpan(0, 50));
            using var other = TlsEnd.Client();
            Shake(Connect(EndPoint), other);
            socket.Send(bytes.AsSpan(50));
            hanging.Add((socket, end));
        }

        foreach (var (socket, end) in hanging)
        {
            Shake(socket, end);
            end.Dispose();
        }

        await stop.CancelAsync();
        Assert.That(await swapping, Is.GreaterThan(10));
        await Eventually.TrueAsync(() => Acceptor.Accepted == 200);
    }
}
