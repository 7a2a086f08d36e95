using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Log messages of the transport room, event ids from 1000.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1000, LogLevel.Error, "Work on forwarding loop {Loop} failed; the loop goes on")]
    public static partial void WorkFailed(ILogger logger, Exception exception, int loop);

    [LoggerMessage(1001, LogLevel.Warning,
        "Cannot accept on {EndPoint} ({Error}); trying again in {DelayMilliseconds} ms")]
    public static partial void AcceptPaused(ILogger logger, EndPoint endPoint, SocketError error, int delayMilliseconds);

    [LoggerMessage(1004, LogLevel.Warning,
        "The connection limit is reached: clients of {EndPoint} wait to be accepted")]
    public static partial void NoRoom(ILogger logger, EndPoint endPoint);

    [LoggerMessage(1002, LogLevel.Information, "Sockets are driven by {Transport} on {Threads} forwarding threads")]
    public static partial void TransportStarted(ILogger logger, string transport, int threads);

    [LoggerMessage(1003, LogLevel.Information, "epoll cannot be used here ({Error}); falling back to portable sockets")]
    public static partial void EpollUnavailable(ILogger logger, string error);

    [LoggerMessage(1005, LogLevel.Warning,
        "TLS runs on the engine of the runtime, which costs more memory and CPU, because {Reason}")]
    public static partial void OpenSslUnavailable(ILogger logger, string reason);

    [LoggerMessage(1006, LogLevel.Error,
        "The keys of TLS session tickets cannot be replaced ({Reason}); the present ones stay in use")]
    public static partial void TicketKeysStay(ILogger logger, string reason);
}
