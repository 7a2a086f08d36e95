using System.Globalization;
using System.Net;

namespace WunderProxy.ManagerApi;

/// <summary>The caller of the manager API: an IP address, or a process on the unix socket.</summary>
/// <param name="Address">The caller's IP address; null on the unix socket.</param>
/// <param name="UserId">
/// Id of the user on this machine who owns the caller's socket; null if the caller is elsewhere, has closed its socket,
/// or the kernel does not tell.
/// </param>
internal readonly record struct ApiCaller(IPAddress? Address, uint? UserId = null)
{
    private const string UnixText = "unix";

    /// <summary>Whether the caller uses the unix socket.</summary>
    public bool IsUnix => Address is null;

    /// <summary>Whether the caller's address is a loopback address.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    /// <summary>Whether the caller uses the unix socket or the loopback interface.</summary>
    public bool IsLocal => IsUnix || IsLoopback;

    /// <summary>Parses the caller from the fields that the front end sets.</summary>
    /// <param name="text">The caller's address as <c>ip:port</c>, or <c>unix</c>.</param>
    /// <param name="user">The user id in decimal; null or empty if unknown.</param>
    /// <returns>The caller, or null if the text names none.</returns>
    public static ApiCaller? Parse(string text, string? user = null)
    {
        uint? userId = uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        if (text == UnixText)
        {
            return new ApiCaller(null, userId);
        }

        if (!IPEndPoint.TryParse(text, out var endPoint))
        {
            return null;
        }

        var address = endPoint.Address;
        return new ApiCaller(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, userId);
    }

    /// <inheritdoc/>
    public override string ToString() => Address?.ToString() ?? UnixText;
}
