using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>What a server holds at one moment, beside the exchanges of its applications.</summary>
/// <param name="Connections">Client connections by state.</param>
/// <param name="ConnectionsMax">The most client connections since the point began.</param>
/// <param name="BufferMemory">Bytes of memory held of bodies.</param>
/// <param name="BufferDisk">Bytes held in temporary files.</param>
internal sealed record ServerGauges(ConnectionCounts Connections, int ConnectionsMax, long BufferMemory, long BufferDisk)
{
    /// <summary>Whether the server holds neither connections nor bodies.</summary>
    public bool IsEmpty => ConnectionsMax == 0 && BufferMemory == 0 && BufferDisk == 0;
}
