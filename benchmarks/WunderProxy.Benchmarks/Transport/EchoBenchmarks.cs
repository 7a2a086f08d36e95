using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Benchmarks.Transport;

/// <summary>One round trip of 200 bytes on each of 64 connections, through one loop.</summary>
[MemoryDiagnoser]
public class EchoBenchmarks
{
    private const int Connections = 64;

    private readonly byte[] _message = new byte[200];
    private readonly byte[] _answer = new byte[200];
    private Socket[] _clients = [];
    private ITransport? _transport;
    private ListenerSet? _listeners;

    /// <summary>How sockets are driven.</summary>
    [Params(TransportKind.Sockets, TransportKind.Epoll)]
    public TransportKind Kind { get; set; }

    /// <summary>Opens the connections.</summary>
    [GlobalSetup]
    public void Open()
    {
        _transport = TransportFactory.Create(Kind, 1, NullLoggerFactory.Instance, TimeProvider.System);
        _listeners = ListenerSet.Bind([new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0))]);
        var listener = _listeners.All[0];
        listener.Accept(_transport, new EchoAcceptor());
        _clients = [.. Enumerable.Range(0, Connections).Select(_ => Connect(listener.EndPoint))];
    }

    /// <summary>Closes them.</summary>
    [GlobalCleanup]
    public async Task CloseAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _listeners!.DisposeAsync();
        await _transport!.DisposeAsync();
    }

    /// <summary>All connections at once.</summary>
    [Benchmark(OperationsPerInvoke = Connections)]
    public void RoundTrip()
    {
        foreach (var client in _clients)
        {
            client.Send(_message);
        }

        foreach (var client in _clients)
        {
            for (var received = 0; received < _answer.Length;)
            {
                received += client.Receive(_answer.AsSpan(received));
            }
        }
    }

    private static Socket Connect(EndPoint endPoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(endPoint);
        return socket;
    }

    private sealed class EchoAcceptor : IConnectionAcceptor
    {
        public void OnAccepted(TransportConnection connection) => _ = EchoAsync(connection);

        private static async Task EchoAsync(TransportConnection connection)
        {
            var isOpen = true;
            while (isOpen)
            {
                var read = await connection.Input.ReadAsync();
                isOpen = !read.IsCompleted && !(await connection.Output.WriteAsync(read.Buffer.First)).IsCompleted;
                connection.Input.AdvanceTo(read.Buffer.End);
            }

            connection.Close();
        }
    }
}
