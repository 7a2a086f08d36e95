using System.Net;
using System.Runtime.InteropServices;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The client connections of one loop by address: who has too many, and who makes room. Used on the loop only.</summary>
internal sealed class Crowd(ConnectionRegistry connections, CrowdOptions options, int maxConnections)
{
    private readonly Dictionary<ClientNetwork, int> _counts = [];

    /// <summary>Addresses that hold a connection now.</summary>
    public int Addresses => _counts.Count;

    /// <summary>Counts a new connection in, and ends another one that has to make room for it.</summary>
    /// <param name="address">The new client's address; null on a unix socket.</param>
    /// <param name="isFull">Whether there is no place left.</param>
    /// <returns>Whether a connection was ended, whose place is the new one's.</returns>
    public bool MakeRoom(IPAddress? address, bool isFull)
    {
        var network = NetworkOf(address);
        if (network is { } counted)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, counted, out _)++;
        }

        if ((!isFull && !HasTooMany(network)) || FindVictim(address, network, isFull) is not { } victim)
        {
            return false;
        }

        victim.MakeRoom();
        return true;
    }

    /// <summary>Counts a connection out.</summary>
    public void Leave(IPAddress? address)
    {
        if (NetworkOf(address) is { } network
            && --CollectionsMarshal.GetValueRefOrAddDefault(_counts, network, out _) <= 0)
        {
            _counts.Remove(network);
        }
    }

    /// <summary>Whether there is so little room that a request of this client is to be marked.</summary>
    /// <param name="address">The client's address; null on a unix socket.</param>
    /// <param name="served">Connections that are served now, over all loops.</param>
    public bool IsCrowded(IPAddress? address, int served)
    {
        var network = NetworkOf(address);
        var kept = network is null ? options.Reserve / 2 : options.Reserve;
        return HasTooMany(network) || (maxConnections > 0 && served > maxConnections - kept);
    }

    /// <summary>
    /// The oldest connection that waits for its client. A connection of the newcomer's own address comes first, so that
    /// a client with many connections loses its own. A newcomer on the unix socket displaces a TCP connection first.
    /// </summary>
    private TrackedConnection? FindVictim(IPAddress? address, ClientNetwork? network, bool isFull)
    {
        TrackedConnection? oldest = null;
        for (var tracked = connections.Oldest; tracked is not null; tracked = tracked.PreviousTracked)
        {
            if (!tracked.IsWaitingForClient)
            {
                continue;
            }

            var isFirst = address is null
                ? tracked.RemoteAddress is not null
                : tracked.RemoteAddress is not null && NetworkOf(tracked.RemoteAddress) == network;
            if (isFirst)
            {
                return tracked;
            }

            oldest ??= tracked;
        }

        return isFull ? oldest : null;
    }

    private bool HasTooMany(ClientNetwork? network) =>
        network is { } counted && _counts.GetValueOrDefault(counted) > options.MaxPerAddress;

    /// <summary>Null for a client on this machine, which is not counted.</summary>
    private static ClientNetwork? NetworkOf(IPAddress? address) =>
        address is null || IPAddress.IsLoopback(address) ? null : ClientNetwork.Of(address);
}
