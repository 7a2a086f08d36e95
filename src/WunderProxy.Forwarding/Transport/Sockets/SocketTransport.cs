using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Transport.Sockets;

/// <summary>The portable transport, built on System.Net.Sockets.</summary>
internal sealed class SocketTransport : ITransport
{
    private readonly SocketLoop[] _loops;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    public SocketTransport(int threads, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        _loops = [.. Enumerable.Range(0, threads).Select(index => new SocketLoop(index, clock, logger))];
        foreach (var loop in _loops)
        {
            loop.Start();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<TransportLoop> Loops => _loops;

    /// <inheritdoc/>
    public ITransportListener Listen(Socket listeningSocket, IConnectionAcceptor acceptor) =>
        new SocketListener(listeningSocket, acceptor, _loops, _clock, _logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync();
        }
    }
}
