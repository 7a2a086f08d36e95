using System.Net;

namespace WunderProxy.ManagerApi;

/// <summary>Who calls: an address, or somebody on the unix socket.</summary>
/// <param name="Address">The peer's address; null on the unix socket.</param>
internal readonly record struct ApiPeer(IPAddress? Address)
{
    private const string UnixText = "unix";

    /// <summary>Whether the peer came by the unix socket, whose file mode has judged it already.</summary>
    public bool IsUnix => Address is null;

    /// <summary>Whether the peer is on this machine.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    /// <summary>Reads what the front end stamped: <c>ip:port</c> or <c>unix</c>.</summary>
    public static ApiPeer? Parse(string text)
    {
        if (text == UnixText)
        {
            return new ApiPeer(null);
        }

        if (!IPEndPoint.TryParse(text, out var endPoint))
        {
            return null;
        }

        var address = endPoint.Address;
        return new ApiPeer(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    /// <inheritdoc/>
    public override string ToString() => Address?.ToString() ?? UnixText;
}
