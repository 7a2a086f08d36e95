using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport.Epoll;
using WunderProxy.Forwarding.Transport.Sockets;

namespace WunderProxy.Forwarding.Transport;

/// <summary>Creates the transport that was asked for.</summary>
internal static class TransportFactory
{
    /// <summary>Creates a transport and starts its loops.</summary>
    /// <param name="kind">How sockets are driven.</param>
    /// <param name="threads">Loops, each a thread; above 0.</param>
    /// <param name="loggers">Gets the messages of the transport room.</param>
    /// <param name="clock">Gives the loops their time.</param>
    /// <param name="maxPipes">Most pipes for splicing, over all loops; null for as many as are of use.</param>
    public static ITransport Create(
        TransportKind kind, int threads, ILoggerFactory loggers, TimeProvider clock, int? maxPipes = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        var logger = loggers.CreateLogger("WunderProxy.Transport");
        ITransport transport = kind switch
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
