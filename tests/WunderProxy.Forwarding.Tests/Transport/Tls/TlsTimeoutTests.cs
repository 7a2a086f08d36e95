using System.Text;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

[TestFixture(TransportKind.Epoll, TlsEngine.OpenSsl)]
[TestFixture(TransportKind.Epoll, TlsEngine.Runtime)]
[TestFixture(TransportKind.Sockets, TlsEngine.Runtime)]
internal sealed class TlsTimeoutTests(TransportKind kind, TlsEngine engine) : TlsListenerFixture(kind, engine)
{
    protected override TimeSpan HandshakeTimeout => TimeSpan.FromMilliseconds(150);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(100)]
    public async Task Handshake_that_stalls_is_ended_by_its_timeout(int bytes)
    {
        using var client = TlsEnd.Client();
        client.Handshake();
        var socket = Connect(EndPoint);
        socket.Send(client.TakeSent().AsSpan(0, bytes));

        ReceiveToEnd(socket);

        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        await Eventually.TrueAsync(() => Tls.Counters.Failed(TlsFailure.TimedOut) == 1);
        Assert.That(Acceptor.Accepted, Is.Zero);
    }

    [TestCase("")]
    [TestCase("PROXY TCP4 192.0.2.7")]
    [TestCase("PROXY TCP4 192.0.2.7 198.51.100.1 1000 443\r\n")]
    [TestCase("PROXY TCP4 192.0.2.7 198.51.100.1 1000 443\r\n\x16\x03\x01")]
    public async Task Proxy_header_and_handshake_share_the_timeout(string bytes)
    {
        Acceptor.ExpectsHeader = true;
        var socket = Connect(EndPoint);
        socket.Send(Encoding.Latin1.GetBytes(bytes));

        ReceiveToEnd(socket);

        await Eventually.TrueAsync(() => Acceptor.Reserved <= 1);
        await Eventually.TrueAsync(() => Tls.Counters.Failed(TlsFailure.TimedOut) == 1);
        Assert.That(Acceptor.Accepted, Is.Zero);
    }
}
