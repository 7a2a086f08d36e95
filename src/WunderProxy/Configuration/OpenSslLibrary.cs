using System.Runtime.InteropServices;

namespace WunderProxy.Configuration;

/// <summary>
/// The OpenSSL library of the machine. The runtime computes every digest and encrypts every connection with it, and ends
/// the process where the library is missing. Only <c>wunderproxy forward</c> can do without.
/// </summary>
internal static class OpenSslLibrary
{
    // The names that the runtime tries, in its order; the variable goes before them.
    private const string VersionVariable = "CLR_OPENSSL_VERSION_OVERRIDE";
    private static readonly string[] FileNames = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>Checks that the library can be loaded.</summary>
    /// <param name="user">What needs the library, for the error message.</param>
    /// <exception cref="UsageException">The library cannot be loaded.</exception>
    public static void Require(string user)
    {
        var version = Environment.GetEnvironmentVariable(VersionVariable);
        var names = string.IsNullOrEmpty(version) ? FileNames : [$"libssl.so.{version}", .. FileNames];
        if (!names.Any(name => NativeLibrary.TryLoad(name, out _)))
        {
            throw new UsageException(
                $"{user} needs OpenSSL 3, and {names[0]} cannot be loaded on this machine: install Debian's package libssl3, or openssl-libs");
        }
    }
}
