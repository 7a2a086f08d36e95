using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Epoll;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Streams;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>A TLS socket whose events the test reports itself, so that the kernel is as full as the test wants it.</summary>
internal sealed class TlsSocketTests
{
    private readonly byte[] _buffer = new byte[BufferPool.LargeBytes];
    private HandshakeBytes _received = new();
    private EpollLoop _loop = null!;
    private TlsContextSet _contexts = null!;
    private Socket _client = null!;
    private TlsEnd _end = null!;
    private TlsSocket _server = null!;

    [SetUp]
    public void Establish()
    {
        Assert.That(OpenSslLibrary.TryLoad(out var error), Is.True, error);
        _loop = new EpollLoop(0, 0, TimeProvider.System, NullLogger.Instance);
        _contexts = new TlsContextSet(new TlsPolicy(), TestCertificates.All, TicketKeys.Create());
        _end = TlsEnd.Client();
        _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _client.ReceiveTimeout = _client.SendTimeout = (int)LoopCalls.Deadline.TotalMilliseconds;
        var descriptor = Accept();
        _loop.Register(descriptor, new Target(), EpollEvents.Connection);
        _server = new TlsSocket(_loop, descriptor, _contexts.TryBegin(_loop.Wire)!.Value);
        Shake();
    }

    [TearDown]
    public async Task Free()
    {
        if (_server.Descriptor >= 0)
        {
            _server.Close(CloseReason.AbortedHere);
        }

        _client.Dispose();
        _end.Dispose();
        _contexts.Leave();
        _loop.Start();
        await _loop.DisposeAsync();
    }

    [Test]
    public void Close_with_nothing_but_a_close_notify_held_is_no_reset()
    {
        _server.SendPlain(new byte[64_000_000]);
        _server.ShutdownSend();
        Assert.That(_server.HoldsBytes, Is.True);

        _server.Close(CloseReason.ClosedHere);

        Assert.That(ReceiveToEnd(), Is.EqualTo(SocketError.Success));
    }

    [Test]
    public void Close_with_content_held_is_a_reset()
    {
        FillWithContent();

        _server.Close(CloseReason.ClosedHere);

        Assert.That(ReceiveToEnd(), Is.EqualTo(SocketError.ConnectionReset));
    }

    [Test]
    public void Nothing_is_sent_after_held_bytes_were_given_up()
    {
        FillWithContent();
        while (_server.Send("x"u8, default) != IoStatus.Broken)
        {
            RequestNewKeys(200);
        }

        while (_client.Available > 0)
        {
            _end.Arrive(_buffer.AsSpan(0, _client.Receive(_buffer)));
            _server.NoteEvents(EpollEvents.Out);
            RequestNewKeys(1);
        }

        _server.Close(CloseReason.ClosedHere);

        Assert.That(ReceiveToEnd(), Is.EqualTo(SocketError.ConnectionReset));
        _end.ReadAll(out var status);
        Assert.That(status, Is.EqualTo(IoStatus.WouldBlock), "a record that does not follow on the one before");
    }

    [Test]
    public void Records_without_content_are_taken_in_portions()
    {
        for (var update = 0; update < 7_000; update++)
        {
            _end.UpdateKeys(asks: false);
        }

        _end.Write("x"u8);
        _client.SendBufferSize = 400_000;
        _client.Send(_end.TakeSent());

        var portions = 0;
        int received;
        do
        {
            _server.NoteEvents(EpollEvents.In);
            received = _server.Receive(_buffer);
            portions += _server.HasLeftBytes ? 1 : 0;
        }
        while (received == IoStatus.WouldBlock);

        Assert.That(received, Is.EqualTo(1));
        Assert.That(portions, Is.GreaterThan(0));
    }

    private unsafe int Accept()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client.Connect(listener.LocalEndPoint!);
        var address = stackalloc byte[RemoteAddress.MaxBytes];
        var length = RemoteAddress.MaxBytes;
        return LinuxCalls.Accept(
            (int)listener.Handle, address, &length, LinuxCalls.SockNonBlock | LinuxCalls.SockCloseOnExec);
    }

    private void Shake()
    {
        while (_end.Handshake() != TlsStep.Done)
        {
            _client.Send(_end.TakeSent());
            while (!_client.Poll(1_000, SelectMode.SelectRead))
            {
                Step();
            }

            _end.Arrive(_buffer.AsSpan(0, _client.Receive(_buffer)));
        }

        _client.Send(_end.TakeSent());
        Assert.That(SpinWait.SpinUntil(() => Step() == TlsStep.Done, LoopCalls.Deadline), Is.True);
    }

    private TlsStep Step()
    {
        _server.NoteEvents(EpollEvents.In);
        return _server.Handshake(ref _received);
    }

    private void FillWithContent()
    {
        while (_server.Send(_buffer, default) > 0)
        {
        }

        Assert.That(_server.HoldsBytes, Is.True);
    }

    private void RequestNewKeys(int times)
    {
        for (var time = 0; time < times; time++)
        {
            _end.UpdateKeys();
        }

        _client.Send(_end.TakeSent());
        _server.NoteEvents(EpollEvents.In);
        _ = _server.Receive(_buffer);
    }

    /// <summary>Receives and drops until the server has ended.</summary>
    private SocketError ReceiveToEnd()
    {
        while (true)
        {
            var received = _client.Receive(_buffer, 0, _buffer.Length, SocketFlags.None, out var error);
            if (received <= 0)
            {
                return error;
            }
        }
    }

    private sealed class Target : IEpollTarget
    {
        public uint Generation { get; set; }

        public bool IsConnection => false;

        public void OnEvents(EpollEvents events)
        {
            // Empty: the test reports events itself.
        }

        public void OnLoopEnds()
        {
            // Empty: the test closes the socket.
        }
    }
}
