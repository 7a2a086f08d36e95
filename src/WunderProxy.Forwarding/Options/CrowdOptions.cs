using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Options;

/// <summary>
/// How a forwarder divides its <see cref="ForwarderOptions.MaxConnections"/> among clients that may be hostile. When
/// connections run short, the oldest one that only waits for its client is closed for a new one, and requests are
/// marked (see <see cref="RequestStamp"/>) while little room is left.
/// </summary>
/// <param name="MaxPerAddress">
/// Number of connections of one address (IPv6: of one /64) from which on a new one ends the oldest of the same address
/// that waits for its client. Never applies to loopback addresses and unix sockets. Counted separately for each
/// forwarding thread.
/// </param>
/// <param name="Reserve">
/// Number of connections reserved for cheap requests and for callers with rights; the last half of them is reserved
/// even from other callers on this machine.
/// </param>
public sealed record CrowdOptions(int MaxPerAddress, int Reserve);
