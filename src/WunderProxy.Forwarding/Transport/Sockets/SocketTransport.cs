using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Transport.SslStreams;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.Sockets;

/// <summary>The portable transport, built on System.Net.Sockets.</summary>
internal sealed class SocketTransport : ITransport
{
    private readonly SocketLoop[] _loops;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ConcurrentBag<SslStreamAcceptor> _tlsAcceptors = [];

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
    public ITransportListener Listen(Socket listeningSocket, IConnectionAcceptor acceptor, TlsSource? tls = null)
    {
        if (tls is not null)
        {
            TlsEngines.RequireRuntime(tls.Policy.Engine);
            var over = new SslStreamAcceptor(acceptor, tls);
            _tlsAcceptors.Add(over);
            tls.EngineInUse = TlsEngine.Runtime;
            acceptor = over;
        }

        return new SocketListener(listeningSocket, acceptor, _loops, _clock, _logger);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync();
        }

        foreach (var acceptor in _tlsAcceptors)
        {
            acceptor.Dispose();
        }
    }
}
