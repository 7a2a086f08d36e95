using System.Net.Sockets;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>A listening socket that another process has opened: a predecessor, or the system's service manager.</summary>
/// <param name="Socket">
/// A stream socket that is bound and listens; <see cref="ListenerSet"/> owns it from its call on.
/// </param>
/// <param name="Kind">The protocol of the clients, and the server that answers them.</param>
public sealed record InheritedSocket(Socket Socket, ListenerKind Kind = ListenerKind.Proxy)
{
    /// <summary>
    /// Whether the file of a unix socket is removed when the listener closes: true after a take-over, false if the
    /// service manager keeps the socket open for the next start.
    /// </summary>
    public bool OwnsSocketFile { get; init; } = true;
}
