using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport.Epoll;
using WunderProxy.Forwarding.Transport.Sockets;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Creates the transport of the requested kind.</summary>
internal static class TransportFactory
{
    /// <summary>Creates a transport and starts its loops.</summary>
    /// <param name="kind">The kind of transport: epoll, portable sockets, or chosen automatically.</param>
    /// <param name="threads">Number of loops, each with its own thread; above 0.</param>
    /// <param name="loggers">Creates the logger of the transport.</param>
    /// <param name="clock">Clock of the loops.</param>
    /// <param name="maxPipes">Most pipes for splicing over all loops; null for as many as are useful.</param>
    public static ITransport Create(
        TransportKind kind, int threads, ILoggerFactory loggers, TimeProvider clock, int? maxPipes = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        var logger = loggers.CreateLogger("WunderProxy.Transport");
        var transport = kind switch
        {
            TransportKind.Epoll => new EpollTransport(threads, maxPipes, clock, logger),
            TransportKind.Auto when OperatingSystem.IsLinux() => EpollOrSockets(threads, maxPipes, clock, logger),
            _ => new SocketTransport(threads, clock, logger),
        };
        TransportLog.TransportStarted(logger, transport.GetType().Name, threads);
        return transport;
    }

    private static ITransport EpollOrSockets(int threads, int? maxPipes, TimeProvider clock, ILogger logger)
    {
        try
        {
            return new EpollTransport(threads, maxPipes, clock, logger);
        }
        catch (Exception exception) when (
            exception is SocketException or EntryPointNotFoundException or DllNotFoundException)
        {
            TransportLog.EpollUnavailable(logger, exception.Message);
            return new SocketTransport(threads, clock, logger);
        }
    }
}
