using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Streams;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>
/// A transport with two loops, and plain blocking sockets at the far end, with or without TLS between them.
/// </summary>
internal abstract class TransportFixture(TransportKind kind, Wiring wiring = Wiring.Plain)
{
    private readonly Dictionary<EndPoint, TlsBridge> _bridges = [];
    private readonly List<IDisposable> _owned = [];
    private readonly List<Listener> _listeners = [];

    protected ITransport Transport { get; private set; } = null!;

    /// <summary>Blocks of a connection that is read from: SslStream has a connection of its own below it.</summary>
    protected int MostBlocksOfAReader => wiring == Wiring.Runtime ? 3 : 2;

    protected TransportLoop Loop => Transport.Loops[0];

    [SetUp]
    public void Create() => Transport = TransportFactory.Create(kind, 2, NullLoggerFactory.Instance, TimeProvider.System);

    [TearDown]
    public async Task Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _owned.Clear();
        _bridges.Clear();
        await Task.WhenAll(_listeners.Select(listener => listener.CloseAsync()));
        _listeners.Clear();
        await Transport.DisposeAsync();
    }

    protected Listener Listen(IConnectionAcceptor acceptor, EndPoint? endPoint = null, TlsSource? tls = null)
    {
        var socket = ListenSockets.Bind(endPoint ?? new IPEndPoint(IPAddress.Loopback, 0));
        var listener = new Listener(socket, ListenerKind.Proxy, ownsSocketFile: true) { Tls = tls ?? TestCertificates.Source(wiring) };
        _listeners.Add(listener);
        listener.Accept(Transport, acceptor);
        return listener;
    }

    /// <summary>Where plain sockets connect to reach a listener: the listener itself, or a bridge to its TLS.</summary>
    protected EndPoint EntryOf(EndPoint listener)
    {
        if (wiring == Wiring.Plain || _listeners.TrueForAll(each => !each.EndPoint.Equals(listener)))
        {
            return listener;
        }

        if (!_bridges.TryGetValue(listener, out var bridge))
        {
            bridge = Own(new TlsBridge(listener));
            _bridges.Add(listener, bridge);
        }

        return bridge.EndPoint;
    }

    protected Socket Connect(EndPoint endPoint)
    {
        endPoint = EntryOf(endPoint);
        var isUnix = endPoint.AddressFamily == AddressFamily.Unix;
        var protocol = isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        var socket = Own(new Socket(endPoint.AddressFamily, SocketType.Stream, protocol));
        socket.ReceiveTimeout = socket.SendTimeout = (int)LoopCalls.Deadline.TotalMilliseconds;
        socket.Connect(endPoint);
        return socket;
    }

    /// <summary>A connection of the transport and the plain socket at its other end.</summary>
    protected async Task<(TransportConnection Connection, Socket Remote)> ConnectPairAsync()
    {
        var accepted = new AcceptQueue();
        var listener = Listen(accepted);
        var remote = Connect(listener.EndPoint);
        return (await accepted.NextAsync(), remote);
    }

    protected static int RentedBlocks(TransportConnection connection) =>
        ((WorkLoop)connection.Loop).Buffers.RentedCount;

    protected static async ValueTask<byte[]> ReadToEndAsync(TransportConnection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            if (read.IsCompleted)
            {
                return read.Buffer.ToArray();
            }

            connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    protected static async ValueTask<byte[]> ReadExactlyAsync(TransportConnection connection, int count)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            if (read.Buffer.Length >= count)
            {
                var bytes = read.Buffer.Slice(0, count).ToArray();
                connection.Input.AdvanceTo(read.Buffer.GetPosition(count));
                return bytes;
            }

            Assert.That(read.IsCompleted, Is.False);
            connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    protected static byte[] ReceiveExactly(Socket socket, int count)
    {
        var received = new byte[count];
        var offset = 0;
        while (offset < count)
        {
            var bytes = socket.Receive(received.AsSpan(offset));
            Assert.That(bytes, Is.GreaterThan(0));
            offset += bytes;
        }

        return received;
    }

    protected static byte[] Pattern(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Equality of many bytes, without the minutes that a comparison item by item takes.</summary>
    protected static void AssertSame(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> expected) =>
        Assert.That(actual.SequenceEqual(expected), Is.True, "the bytes differ");

    protected static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    protected T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
