using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.SslStreams;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>The Linux transport, with one epoll loop per forwarding thread.</summary>
internal sealed class EpollTransport : ITransport
{
    private readonly EpollLoop[] _loops;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ConcurrentBag<EpollListener> _listeners = [];
    private readonly ConcurrentBag<SslStreamAcceptor> _tlsAcceptors = [];

    /// <summary>Creates and starts the loops.</summary>
    /// <param name="threads">Number of loops, each with its own thread.</param>
    /// <param name="maxPipes">Most pipes for splicing over all loops; null for as many as are useful.</param>
    /// <param name="clock">Clock of the loops.</param>
    /// <param name="logger">Logger of the transport.</param>
    /// <exception cref="SocketException">The kernel grants no epoll instance.</exception>
    /// <exception cref="EntryPointNotFoundException">The C library is not that of Linux.</exception>
    /// <exception cref="DllNotFoundException">There is no C library of the expected name.</exception>
    public EpollTransport(int threads, int? maxPipes, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        var pipes = maxPipes is { } most ? most / threads : SpliceRelayPool.MostPipes;
        _loops = new EpollLoop[threads];
        for (var index = 0; index < threads; index++)
        {
            _loops[index] = new EpollLoop(index, pipes, clock, logger);
        }

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
        TlsContextSource? contexts = null;
        if (tls is not null && UsesOpenSsl(tls))
        {
            contexts = new TlsContextSource(tls, _clock, _logger);
            tls.EngineInUse = TlsEngine.OpenSsl;
        }
        else if (tls is not null)
        {
            var over = new SslStreamAcceptor(acceptor, tls);
            _tlsAcceptors.Add(over);
            tls.EngineInUse = TlsEngine.Runtime;
            acceptor = over;
        }

        var listener = new EpollListener(listeningSocket, acceptor, contexts, _loops, _clock, _logger);
        _listeners.Add(listener);
        return listener;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var loop in _loops)
        {
            await loop.DisposeAsync();
        }

        foreach (var listener in _listeners)
        {
            listener.OnLoopsEnded();
        }

        foreach (var acceptor in _tlsAcceptors)
        {
            acceptor.Dispose();
        }
    }

    private bool UsesOpenSsl(TlsSource tls)
    {
        var usesOpenSsl = TlsEngines.UsesOpenSslOnEpoll(tls.Policy.Engine, out var reasonAgainst);
        if (reasonAgainst is not null)
        {
            TransportLog.OpenSslUnavailable(_logger, reasonAgainst);
        }

        return usesOpenSsl;
    }
}
