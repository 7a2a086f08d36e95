using System.Net.Sockets;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>A client that keeps libssl busy inside one call.</summary>
internal sealed class TlsFloodTests() : TransportFixture(TransportKind.Epoll)
{
    private readonly List<TlsEnd> _ends = [];
    private AcceptQueue? _accepted;
    private Listener? _listener;

    [Test]
    public async Task Flood_of_records_without_content_lets_other_connections_of_the_loop_be_served()
    {
        var (flooded, other) = (await EstablishAsync(), await EstablishAsync());
        if (flooded.Connection.Loop != other.Connection.Loop)
        {
            // One of two loops has two of three connections.
            var third = await EstablishAsync();
            (flooded, other) = third.Connection.Loop == flooded.Connection.Loop ? (flooded, third) : (other, third);
        }

        for (var update = 0; update < 10_000; update++)
        {
            flooded.End.UpdateKeys(asks: false);
        }

        flooded.End.Write("x"u8);
        other.End.Write("y"u8);
        var loop = flooded.Connection.Loop;
        var order = new List<string>();
        using var gate = new ManualResetEventSlim();
        loop.Post(_ => gate.Wait(LoopCalls.Deadline), null);
        var readings = new[]
        {
            loop.RunAsync(() => NoteAsync(flooded.Connection, "flooded", order)),
            loop.RunAsync(() => NoteAsync(other.Connection, "other", order)),
        };
        var bytes = flooded.End.TakeSent();
        flooded.Socket.SendBufferSize = 400_000;
        flooded.Socket.Send(bytes);
        other.Socket.Send(other.End.TakeSent());

        gate.Set();
        await Task.WhenAll(readings);

        Assert.That(order, Is.EqualTo(new[] { "other", "flooded" }));
        _ends.ForEach(end => end.Dispose());
    }

    private static async ValueTask NoteAsync(TransportConnection connection, string name, List<string> order)
    {
        _ = await ReadExactlyAsync(connection, 1);
        order.Add(name);
    }

    private async Task<(TransportConnection Connection, Socket Socket, TlsEnd End)> EstablishAsync()
    {
        _accepted ??= new AcceptQueue();
        _listener ??= Listen(_accepted, tls: TestCertificates.Source(TlsEngine.OpenSsl));
        var socket = Connect(_listener.EndPoint);
        var end = TlsEnd.Client();
        _ends.Add(end);
        TlsListenerFixture.Shake(socket, end);
        return (await _accepted.NextAsync(), socket, end);
    }
}
