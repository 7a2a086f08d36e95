using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>What every transport promises, seen by plain blocking sockets at the far end.</summary>
[TestFixture(TransportKind.Sockets)]
[TestFixture(TransportKind.Epoll)]
internal sealed class TransportContract(TransportKind kind)
{
    private ITransport _transport = null!;

    [SetUp]
    public void Create() => _transport = TransportFactory.Create(kind, 2, NullLoggerFactory.Instance, TimeProvider.System);

    [TearDown]
    public async Task Dispose() => await _transport.DisposeAsync();

    [Test]
    public void Echo_returns_what_was_sent()
    {
        using var listener = Listen(new EchoAcceptor());
        using var client = Connect(listener);

        for (var round = 0; round < 100; round++)
        {
            client.Send("hello"u8);
            Assert.That(ReceiveExactly(client, 5), Is.EqualTo("hello"u8.ToArray()));
        }
    }

    [Test]
    public async Task Connect_to_a_closed_port_is_refused()
    {
        using var listener = ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endPoint = listener.LocalEndPoint!;
        listener.Dispose();

        var result = await _transport.Loops[0].RunAsync(() => _transport.Loops[0].ConnectAsync(endPoint, 1000));

        Assert.That(result, Is.EqualTo(new ConnectResult(null, SocketError.ConnectionRefused)));
    }

    [Test]
    public async Task Connected_pair_exchanges_bytes_and_ends_in_order()
    {
        var accepted = new AcceptQueue();
        using var listener = Listen(accepted);
        var loop = _transport.Loops[0];
        var result = await loop.RunAsync(() => loop.ConnectAsync(listener.EndPoint, 1000));
        var server = await accepted.NextAsync();

        await loop.RunAsync(async () =>
        {
            await result.Connection!.Output.WriteAsync("ping"u8.ToArray());
            result.Connection.Close();
        });
        var received = await server.Loop.RunAsync(() => ReadAllAsync(server));

        Assert.That(received, Is.EqualTo("ping"u8.ToArray()));
        Assert.That(server.CloseReason, Is.EqualTo(CloseReason.PeerFinished));
    }

    private static async ValueTask<byte[]> ReadAllAsync(TransportConnection connection)
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

    private static byte[] ReceiveExactly(Socket socket, int count)
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

    private static Socket Connect(ITransportListener listener)
    {
        var socket = new Socket(listener.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = (int)LoopCalls.Deadline.TotalMilliseconds,
        };
        socket.Connect(listener.EndPoint);
        return socket;
    }

    private ITransportListener Listen(IConnectionAcceptor acceptor) =>
        _transport.Listen(ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0)), acceptor);
}
