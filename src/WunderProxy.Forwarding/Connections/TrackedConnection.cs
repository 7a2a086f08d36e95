using System.Diagnostics;
using System.Net;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Connections;

/// <summary>A client connection as the registry sees it: its state, and its place in the list.</summary>
/// <remarks>
/// Legal moves: new to active, active to idle or upgraded, idle to active, every state to closed. The timer is a base
/// class and not a field because an idle connection has to be small.
/// </remarks>
internal abstract class TrackedConnection(ConnectionRegistry registry) : LoopTimer
{
    /// <summary>What the connection is doing at present.</summary>
    public ConnectionState State { get; private set; }

    /// <summary>The client's IP address; null on a unix socket.</summary>
    public abstract IPAddress? RemoteAddress { get; }

    /// <summary>
    /// Whether the connection only waits for its client: for a request, for the rest of a head, for a second or longer for
    /// bytes of a body, or for the client to take an answer or to close.
    /// </summary>
    public abstract bool IsWaitingForClient { get; }

    internal TrackedConnection? PreviousTracked { get; set; }

    internal TrackedConnection? NextTracked { get; set; }

    /// <summary>Aborts the connection at once.</summary>
    public abstract void Abort();

    /// <summary>Closes the connection if nothing is in progress on it.</summary>
    public abstract void CloseIfIdle();

    /// <summary>
    /// Cuts off an exchange that only its client is not done with, because the time of exchanges is up: a response that
    /// is still being read although the upstream is done with it, or a request whose body is still being held. A drain
    /// of the upstream does not reach it.
    /// </summary>
    public abstract void EndIfWithoutUpstream();

    /// <summary>Closes the connection to make room for a new one.</summary>
    public abstract void MakeRoom();

    /// <summary>Moves to another state and tells the registry.</summary>
    /// <exception cref="UnreachableException">The move is not legal.</exception>
    protected void MoveTo(ConnectionState next)
    {
        var isLegal = (State, next) switch
        {
            (ConnectionState.Closed, _) => false,
            (_, ConnectionState.Closed) => true,
            (ConnectionState.New or ConnectionState.Idle, ConnectionState.Active) => true,
            (ConnectionState.Active, ConnectionState.Idle or ConnectionState.Upgraded) => true,
            _ => false,
        };
        if (!isLegal)
        {
            throw new UnreachableException($"a connection cannot go from {State} to {next}");
        }

        registry.OnMoved(this, State, next);
        State = next;
    }
}
