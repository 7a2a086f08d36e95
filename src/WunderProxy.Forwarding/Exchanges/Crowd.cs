using System.Net;
using System.Runtime.InteropServices;
using WunderProxy.Forwarding.Connections;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The client connections of one loop by address: decides which address has too many, and which connection is closed to
/// make room. Used on the loop only.
/// </summary>
internal sealed class Crowd(ConnectionRegistry connections, CrowdOptions options, int maxConnections)
{
    private readonly Dictionary<ClientNetwork, int> _counts = [];

    /// <summary>Number of addresses that have a connection.</summary>
    public int Addresses => _counts.Count;

    /// <summary>Counts a new connection, and closes another one if that has to make room.</summary>
    /// <param name="address">Address of the new client; null on a unix socket.</param>
    /// <param name="isFull">Whether no place is left.</param>
    /// <returns>Whether a connection was closed, whose place the new one takes.</returns>
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

    /// <summary>Counts a closed connection.</summary>
    public void Leave(IPAddress? address)
    {
        if (NetworkOf(address) is { } network
            && --CollectionsMarshal.GetValueRefOrAddDefault(_counts, network, out _) <= 0)
        {
            _counts.Remove(network);
        }
    }

    /// <summary>Whether so little room is left that requests of this client are to be marked.</summary>
    /// <param name="address">Address of the client; null on a unix socket.</param>
    /// <param name="served">Number of connections served at present, over all loops.</param>
    public bool IsCrowded(IPAddress? address, int served)
    {
        var network = NetworkOf(address);
        var kept = network is null ? options.Reserve / 2 : options.Reserve;
        return HasTooMany(network) || (maxConnections > 0 && served > maxConnections - kept);
    }

    /// <summary>
    /// Finds the oldest connection that waits for its client. Connections of the new client's own address come first,
    /// so that a client with many connections loses its own. A new client on the unix socket displaces a TCP connection
    /// first.
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

    /// <summary>
    /// Returns the network by which a client is counted; null for a client on this machine, which is not counted.
    /// </summary>
    private static ClientNetwork? NetworkOf(IPAddress? address) =>
        address is null || IPAddress.IsLoopback(address) ? null : ClientNetwork.Of(address);
}
