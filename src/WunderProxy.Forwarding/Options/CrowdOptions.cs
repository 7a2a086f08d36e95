using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Options;

/// <summary>
/// How a forwarder shares its <see cref="ForwarderOptions.MaxConnections"/> out among clients that may be hostile. The
/// oldest connection that only waits for its client makes room for a new one, and requests are marked
/// (<see cref="RequestStamp"/>) while there is little room left.
/// </summary>
/// <param name="MaxPerAddress">
/// Connections of one address (IPv6: of one /64) from which on a new one ends the oldest of the same address that waits for
/// its client. Never holds against loopback addresses and unix sockets. Counted for each forwarding thread.
/// </param>
/// <param name="Reserve">
/// Of the connections, those that are kept for requests that cost nothing and for callers with rights; the last half of
/// them from callers on this machine too.
/// </param>
public sealed record CrowdOptions(int MaxPerAddress, int Reserve);
