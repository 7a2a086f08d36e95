using System.Net;
using System.Net.Sockets;

namespace WunderProxy.Forwarding;

/// <summary>An address could not be bound: in use, not permitted, or not ours.</summary>
public sealed class ListenException : Exception
{
    internal ListenException(EndPoint endPoint, SocketException cause)
        : base($"cannot listen on {endPoint}: {cause.Message}", cause)
    {
        EndPoint = endPoint;
        Error = cause.SocketErrorCode;
    }

    /// <summary>The address that was asked for.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>What the operating system said.</summary>
    public SocketError Error { get; }
}
