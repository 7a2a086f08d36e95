using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Tests.Transport.ProxyProtocol;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>A load balancer's PROXY header lies before the handshake.</summary>
[TestFixture(TransportKind.Epoll, TlsEngine.OpenSsl)]
[TestFixture(TransportKind.Epoll, TlsEngine.Runtime)]
[TestFixture(TransportKind.Sockets, TlsEngine.Runtime)]
internal sealed class TlsProxyHeaderTests(TransportKind kind, TlsEngine engine) : TlsListenerFixture(kind, engine)
{
    private static readonly byte[] Text = "PROXY TCP4 192.0.2.7 198.51.100.1 1000 443\r\n"u8.ToArray();

    [SetUp]
    public void ExpectHeaders() => Acceptor.ExpectsHeader = true;

    [Test]
    public void Header_and_handshake_may_come_together()
    {
        Assert.That(Serve(Text, together: true), Is.EqualTo("192.0.2.7:1000"));
        Assert.That(Serve(ProxyHeaders.Proxy("[2001:db8::1]:7", ProxyHeaders.Vector(0xEA, new byte[900])), together: true), Is.EqualTo("[2001:db8::1]:7"));
    }

    [Test]
    public void Header_may_come_byte_by_byte()
    {
        Assert.That(Serve(Text, together: false), Is.EqualTo("192.0.2.7:1000"));
        Assert.That(Serve(ProxyHeaders.Proxy("192.0.2.8:9"), together: false), Is.EqualTo("192.0.2.8:9"));
    }

    [Test]
    public void Header_without_a_client_leaves_the_connections_own_address() =>
        Assert.That(Serve(ProxyHeaders.Binary(0x20, 0), together: true), Does.StartWith("127.0.0.1:"));

    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [TestCase("PROXY TCP4 192.0.2.7\r\n")]
    [TestCase("\x16\x03\x01\x02\0\x01\0")]
    public async Task What_is_no_header_is_closed_without_an_answer(string bytes)
    {
        var socket = Connect(EndPoint);

        socket.Send(Encoding.Latin1.GetBytes(bytes));

        Assert.That(ReceiveToEnd(socket), Is.Empty);
        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        Assert.That(Acceptor.Accepted, Is.Zero);
        Assert.That(Tls.Counters.Failed(TlsFailure.Malformed), Is.EqualTo(1));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(20)]
    public async Task Header_that_is_cut_frees_its_place(int length)
    {
        var socket = Connect(EndPoint);

        socket.Send(Text.AsSpan(0, length));
        socket.Shutdown(SocketShutdown.Send);

        Assert.That(ReceiveToEnd(socket), Is.Empty);
        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        Assert.That(Tls.Counters.Failed(TlsFailure.Closed), Is.EqualTo(1));
    }

    [Test]
    public async Task Text_header_of_a_stranger_is_answered_as_plain_http()
    {
        Acceptor.ExpectsHeader = false;
        var socket = Connect(EndPoint);

        socket.Send(Text);
        socket.Shutdown(SocketShutdown.Send);

        Assert.That(Encoding.ASCII.GetString(ReceiveToEnd(socket)), Does.StartWith("HTTP/1.1 400 "));
        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
    }

    [Test]
    public async Task Binary_header_of_a_stranger_is_a_malformed_handshake()
    {
        Acceptor.ExpectsHeader = false;
        using var end = TlsEnd.Client();
        end.Handshake();
        var socket = Connect(EndPoint);

        socket.Send([.. ProxyHeaders.Proxy("192.0.2.8:9"), .. end.TakeSent()]);
        ReceiveToEnd(socket);

        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        Assert.That((Acceptor.Accepted, Tls.Counters.Failed(TlsFailure.Malformed)), Is.EqualTo((0, 1)));
    }

    /// <summary>Serves one client behind the header, and returns its address as the acceptor has seen it.</summary>
    private string? Serve(byte[] header, bool together)
    {
        using var end = TlsEnd.Client();
        var socket = Connect(EndPoint);
        socket.NoDelay = true;
        if (together)
        {
            end.Handshake();
            socket.Send([.. header, .. end.TakeSent()]);
        }
        else
        {
            foreach (var octet in header)
            {
                socket.Send([octet]);
            }
        }

        Shake(socket, end);
        end.Write("hello"u8);
        socket.Send(end.TakeSent());

        Assert.That(Encoding.ASCII.GetString(Receive(socket, end, 5)), Is.EqualTo("hello"));
        return Acceptor.Remote?.ToString();
    }
}
