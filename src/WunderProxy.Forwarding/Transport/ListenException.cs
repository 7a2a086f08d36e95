using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding.Transport;

/// <summary>A listening socket could not be opened.</summary>
public sealed class ListenException : Exception
{
    /// <summary>Creates the exception with a message for the operator.</summary>
    /// <param name="endPoint">The address asked for.</param>
    /// <param name="error">What the operating system answered.</param>
    /// <param name="cause">The error as the runtime reported it, if it did.</param>
    public ListenException(EndPoint endPoint, SocketError error, Exception? cause = null)
        : base(Describe(endPoint, error), cause)
    {
        EndPoint = endPoint;
        Error = error;
    }

    /// <summary>The address asked for.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>What the operating system answered.</summary>
    public SocketError Error { get; }

    private static string Describe(EndPoint endPoint, SocketError error)
    {
        var name = endPoint is System.Net.Sockets.UnixDomainSocketEndPoint ? $"unix:{endPoint}" : endPoint.ToString();
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
