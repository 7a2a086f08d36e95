using System.Globalization;
using System.Net;

namespace WunderProxy.ManagerApi;

/// <summary>Who calls: an address, or somebody on the unix socket.</summary>
/// <param name="Address">The peer's address; null on the unix socket.</param>
/// <param name="UserId">
/// The user on this machine to whom the caller's socket belongs; null when the caller is elsewhere, has closed its
/// socket, or the kernel does not tell.
/// </param>
internal readonly record struct ApiPeer(IPAddress? Address, uint? UserId = null)
{
    private const string UnixText = "unix";

    /// <summary>Whether the peer came by the unix socket.</summary>
    public bool IsUnix => Address is null;

    /// <summary>Whether the peer is on this machine.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    /// <summary>Whether the peer came over the unix socket or the loopback interface.</summary>
    public bool IsLocal => IsUnix || IsLoopback;

    /// <summary>Reads what the front end stamped.</summary>
    /// <param name="text"><c>ip:port</c> or <c>unix</c>.</param>
    /// <param name="user">The user id in decimal; null or empty when it is not known.</param>
    /// <returns>Null when the text names no peer.</returns>
    public static ApiPeer? Parse(string text, string? user = null)
    {
        uint? userId = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        if (text == UnixText)
        {
            return new ApiPeer(null, userId);
        }

        if (!IPEndPoint.TryParse(text, out var endPoint))
        {
            return null;
        }

        var address = endPoint.Address;
        return new ApiPeer(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, userId);
    }

    /// <inheritdoc/>
    public override string ToString() => Address?.ToString() ?? UnixText;
}
