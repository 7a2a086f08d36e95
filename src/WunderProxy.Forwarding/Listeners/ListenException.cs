using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>
/// Thrown when an address could not be bound: it is in use, not permitted, or not an address of this machine.
/// </summary>
public sealed class ListenException : Exception
{
    internal ListenException(EndPoint endPoint, SocketException cause)
        : base(Describe(endPoint, cause.SocketErrorCode), cause)
    {
        EndPoint = endPoint;
        Error = cause.SocketErrorCode;
    }

    /// <summary>The address that could not be bound.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The error of the operating system.</summary>
    public SocketError Error { get; }

    private static string Describe(EndPoint endPoint, SocketError error)
    {
        var name = endPoint is UnixDomainSocketEndPoint ? $"unix:{endPoint}" : endPoint.ToString();
        return error switch
        {
            SocketError.AddressAlreadyInUse => $"Cannot listen on {name}: another process listens there.",
            SocketError.AccessDenied => $"Cannot listen on {name}: permission denied"
                + (endPoint is IPEndPoint { Port: < 1024 } ? " (ports below 1024 need CAP_NET_BIND_SERVICE)." : "."),
            SocketError.AddressNotAvailable => $"Cannot listen on {name}: this machine has no such address.",
            SocketError.AddressFamilyNotSupported => $"Cannot listen on {name}: no such address family here.",
            _ => $"Cannot listen on {name}: {error}.",
        };
    }
}
