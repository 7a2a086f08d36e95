using System.Net;

namespace WunderProxy.Forwarding.Connections;

/// <summary>
/// Lets the connections of one client refer to one object for its address: behind a load balancer few addresses have all
/// connections. Belongs to one loop.
/// </summary>
internal sealed class SharedAddresses
{
    // A power of two. Two clients in one place only lose the saving.
    private const int Places = 64;

    private readonly IPAddress?[] _latest = new IPAddress?[Places];

    /// <summary>Returns an equal address that another connection may have, or <paramref name="address"/> itself.</summary>
    public IPAddress? Share(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        ref var latest = ref _latest[address.GetHashCode() & (Places - 1)];
        if (latest is null || !latest.Equals(address))
        {
            latest = address;
        }

        return latest;
    }
}
