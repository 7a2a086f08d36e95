using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>A TLS listener of an engine on a transport, whose clients are sockets that speak TLS or something else.</summary>
internal abstract class TlsListenerFixture(TransportKind kind, TlsEngine engine) : TransportFixture(kind)
{
    protected CountingAcceptor Acceptor { get; private set; } = null!;

    protected TlsSource Tls { get; private set; } = null!;

    private Listener _listener = null!;

    protected EndPoint EndPoint => _listener.EndPoint;

    /// <summary>Time for a handshake; a fixture may make it short.</summary>
    protected virtual TimeSpan HandshakeTimeout => LoopCalls.Deadline;

    [SetUp]
    public void StartListening()
    {
        Acceptor = new CountingAcceptor();
        Tls = new TlsSource(
            new TlsPolicy { Engine = engine, HandshakeTimeout = HandshakeTimeout }, TestCertificates.All);
        _listener = Own(new OwnedListener(new Listener(
            ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0)), ListenerKind.Proxy, ownsSocketFile: false)
        { Tls = Tls })).Listener;
        _listener.Accept(Transport, Acceptor);
    }

    protected async Task<SslStream> ConnectTlsAsync(string serverName = "example.test")
    {
        var stream = Own(new SslStream(Own(new NetworkStream(Connect(EndPoint)))));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        }).WaitAsync(LoopCalls.Deadline);
        return stream;
    }

    /// <summary>Does a handshake by libssl on a socket, which stays plain for bytes that the end does not make.</summary>
    internal static void Shake(Socket socket, TlsEnd end)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var step = end.Handshake();
            socket.Send(end.TakeSent());
            if (step == TlsStep.Done)
            {
                return;
            }

            Assert.That(step, Is.EqualTo(TlsStep.WantsRead));
            var read = socket.Receive(buffer);
            Assert.That(read, Is.GreaterThan(0), "the handshake has failed");
            end.Arrive(buffer.AsSpan(0, read));
        }
    }

    /// <summary>Reads until so many bytes of content have come.</summary>
    protected static byte[] Receive(Socket socket, TlsEnd end, int count)
    {
        var buffer = new byte[64 * 1024];
        var received = new List<byte>(end.ReadAll(out _));
        while (received.Count < count)
        {
            var read = socket.Receive(buffer);
            Assert.That(read, Is.GreaterThan(0));
            end.Arrive(buffer.AsSpan(0, read));
            received.AddRange(end.ReadAll(out _));
        }

        return [.. received];
    }

    /// <summary>Reads what comes until the server closes, in order or not.</summary>
    protected static byte[] ReceiveToEnd(Socket socket)
    {
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = socket.Receive(buffer)) > 0)
            {
                received.AddRange(buffer.AsSpan(0, read));
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // A reset is an end too.
        }

        return [.. received];
    }

    /// <summary>Echoes, and counts places that are taken and not given back.</summary>
    protected sealed class CountingAcceptor : IConnectionAcceptor
    {
        private int _reserved;
        private int _accepted;

        /// <summary>Whether clients begin with a PROXY header.</summary>
        public bool ExpectsHeader { get; set; }

        /// <summary>The address of the client that was accepted last.</summary>
        public EndPoint? Remote { get; private set; }

        public int Reserved => Volatile.Read(ref _reserved);

        public int Accepted => Volatile.Read(ref _accepted);

        public ReadOnlyMemory<byte> AnswerToPlainText { get; } = "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray();

        public bool ExpectsProxyHeader(EndPoint? remote) => ExpectsHeader;

        public bool TryReserve()
        {
            Interlocked.Increment(ref _reserved);
            return true;
        }

        public void CancelReservation() => Interlocked.Decrement(ref _reserved);

        public void OnAccepted(TransportConnection connection)
        {
            Assert.That(connection.Tls, Is.Not.Null);
            Remote = connection.RemoteEndPoint;
            Interlocked.Increment(ref _accepted);
            EchoAcceptor.EchoAsync(connection);
        }
    }

    private sealed class OwnedListener(Listener listener) : IDisposable
    {
        public Listener Listener => listener;

        public void Dispose() => listener.CloseAsync().Wait(LoopCalls.Deadline);
    }
}
