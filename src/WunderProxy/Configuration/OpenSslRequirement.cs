using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Configuration;

/// <summary>
/// Says in time that the machine lacks the library of the runtime's cryptography. Only <c>wunderproxy forward</c> and
/// <c>wunderproxy status</c> can do without.
/// </summary>
internal static class OpenSslRequirement
{
    /// <summary>Checks that the library can be loaded.</summary>
    /// <param name="user">What needs the library, for the error message.</param>
    /// <exception cref="UsageException">The library cannot be loaded.</exception>
    public static void Check(string user)
    {
        if (!RuntimeCryptography.IsAvailable(out var expected))
        {
            throw new UsageException(
                $"{user} needs OpenSSL 3, and {expected} cannot be loaded on this machine: install Debian's package libssl3, or openssl-libs");
        }
    }
}
