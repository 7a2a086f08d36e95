using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>Error numbers of Linux, equal on x86-64 and arm64 (errno(3)).</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int FileTableFull = 23;
    public const int TooManyFiles = 24;
    public const int NoNetwork = 64;
    public const int ProtocolError = 71;
    public const int ProtocolNotAvailable = 92;
    public const int NotSupported = 95;
    public const int AddressNotAvailable = 99;
    public const int NetworkDown = 100;
    public const int NetworkUnreachable = 101;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostDown = 112;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;

    /// <summary>
    /// Whether accepting failed because of one client, so that the next may be accepted at once: its connection broke,
    /// or a network error was pending on it (accept(2), "Error handling").
    /// </summary>
    public static bool IsOfClient(int error) =>
        error is Interrupted or NoNetwork or ProtocolError or ProtocolNotAvailable or NotSupported or NetworkDown
            or NetworkUnreachable or ConnectionAborted or ConnectionReset or HostDown or HostUnreachable;

    /// <summary>Returns the .NET error code for <paramref name="error"/>.</summary>
    public static SocketError ToSocketError(int error) => error switch
    {
        0 => SocketError.Success,
        1 or AccessDenied => SocketError.AccessDenied,
        NoEntry or AddressNotAvailable => SocketError.AddressNotAvailable,
        TryAgain => SocketError.TryAgain,
        TooManyFiles or FileTableFull => SocketError.TooManyOpenSockets,
        NoMemory or NoBuffers => SocketError.NoBufferSpaceAvailable,
        NetworkUnreachable => SocketError.NetworkUnreachable,
        ConnectionReset => SocketError.ConnectionReset,
        TimedOut => SocketError.TimedOut,
        ConnectionRefused => SocketError.ConnectionRefused,
        HostUnreachable => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
