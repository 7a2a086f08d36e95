using System.Net;

namespace WunderProxy.Forwarding.Listeners;

/// <summary>The sockets with which the process was started and that no listener has taken yet.</summary>
internal sealed class InheritedSockets
{
    private readonly List<InheritedSocket> _spare;

    /// <summary>Checks the sockets and takes ownership of them.</summary>
    /// <exception cref="ArgumentException">
    /// A socket is not bound or does not listen; all of them are closed.
    /// </exception>
    public InheritedSockets(IReadOnlyList<InheritedSocket> sockets)
    {
        _spare = [.. sockets];
        if (sockets.FirstOrDefault(inherited => !ListenSockets.IsListening(inherited.Socket)) is { } wrong)
        {
            var name = wrong.Socket.LocalEndPoint?.ToString() ?? "no address";
            Close();
            throw new ArgumentException($"An inherited socket, bound to {name}, does not listen.", nameof(sockets));
        }
    }

    /// <summary>
    /// Takes the sockets that are bound to the address, or to any address of a group; a predecessor may have left out
    /// addresses that its machine did not have.
    /// </summary>
    /// <returns>The listeners, or null if there is no such socket, so that the address has to be bound.</returns>
    public IReadOnlyList<Listener>? Take(ListenerOptions wanted)
    {
        IReadOnlyList<EndPoint> addresses = wanted.EndPoint is EndPointGroup group ? group.Addresses : [wanted.EndPoint];
        var taken = _spare.Where(spare => spare.Kind == wanted.Kind && addresses.Contains(spare.Socket.LocalEndPoint!)).ToList();
        _spare.RemoveAll(taken.Contains);
        return taken.Count == 0 ? null : [.. taken.Select(Adopt)];
    }

    /// <summary>Closes the sockets that no listener has taken.</summary>
    public void Close() => _spare.ForEach(spare => spare.Socket.Dispose());

    private static Listener Adopt(InheritedSocket inherited)
    {
        ListenSockets.LimitUnsent(inherited.Socket);
        return new Listener(inherited.Socket, inherited.Kind, inherited.OwnsSocketFile);
    }
}
