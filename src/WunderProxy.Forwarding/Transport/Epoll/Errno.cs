using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>Error numbers of Linux, equal on x86-64 and arm64 (errno(3)).</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int AccessDenied = 13;
    public const int FileTableFull = 23;
    public const int TooManyFiles = 24;
    public const int AddressNotAvailable = 99;
    public const int NetworkUnreachable = 101;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;

    /// <summary>Whether accepting failed for want of something that others give back in time.</summary>
    public static bool IsShortage(int error) => error is TooManyFiles or FileTableFull or NoBuffers or NoMemory;

    /// <summary>What .NET calls <paramref name="error"/>.</summary>
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
