using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// The OpenSSL library of the machine, with which the runtime computes every digest and encrypts with its own engine of
/// TLS. Where the library is missing, the runtime ends the process at the first use: callers ask first.
/// </summary>
public static class RuntimeCryptography
{
    /// <summary>The variable whose version the runtime tries before its own.</summary>
    internal const string VersionVariable = "DOTNET_OPENSSL_VERSION_OVERRIDE";

    // opensslshim.c of the runtime ignores a longer version.
    private const int MaxVersionLength = 32;

    private const string NameStart = "libssl.so.";

    // The names that opensslshim.c of .NET 10 tries, in its order.
    private static readonly string[] FileNames =
        ["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.2", "libssl.so.1.0.0", "libssl.so.10"];

    /// <summary>Checks that the runtime will find its library. Callable from any thread.</summary>
    /// <param name="expected">The file name that the runtime tries first.</param>
    /// <returns>Whether the library can be loaded; true on systems where the runtime uses another one.</returns>
    public static bool IsAvailable(out string expected)
    {
        var names = NamesFor(Environment.GetEnvironmentVariable(VersionVariable));
        expected = names[0];
        return !OperatingSystem.IsLinux() || Array.Exists(names, static name => NativeLibrary.TryLoad(name, out _));
    }

    /// <summary>Returns the file names that the runtime tries, given the value of <see cref="VersionVariable"/>.</summary>
    internal static string[] NamesFor(string? version) =>
        version is { Length: > 0 and <= MaxVersionLength } ? [NameStart + version, .. FileNames] : FileNames;
}
