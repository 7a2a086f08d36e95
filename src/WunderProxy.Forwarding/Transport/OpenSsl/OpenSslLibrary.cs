using System.Reflection;
using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>
/// Finds the machine's libssl and libcrypto at the first use, checks their version and initializes them. The libraries
/// stay loaded until the process ends; the program ships none.
/// </summary>
internal static class OpenSslLibrary
{
    // The first version that has all of OpenSslCalls; 1.1.1 gets no more fixes.
    private const int OldestMajor = 3;

    // Version 4 is tried after 3, of which it is not a drop-in replacement: the runtime, too, prefers 3.
    private static readonly (string Ssl, string Crypto)[] Names =
    [
        ("libssl.so.3", "libcrypto.so.3"),
        ("libssl.so.4", "libcrypto.so.4"),
    ];

    private static readonly Lazy<string?> Outcome = new(Load);
    private static nint _ssl;
    private static nint _crypto;

    /// <summary>Loads the library if that has not happened yet. Callable from any thread.</summary>
    /// <param name="error">What is missing, as a part of a sentence; null on success.</param>
    /// <returns>Whether <see cref="OpenSslCalls"/> may be called.</returns>
    public static bool TryLoad(out string? error)
    {
        error = Outcome.Value;
        return error is null;
    }

    private static string? Load()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "libssl is used on Linux only";
        }

        if (!Names.Any(TryOpen))
        {
            return $"neither {string.Join(" nor ", Names.Select(name => name.Ssl))} can be loaded";
        }

        NativeLibrary.SetDllImportResolver(typeof(OpenSslLibrary).Assembly, Resolve);
        var major = (int)(OpenSslCalls.GetVersionNumber() >> 28);
        if (major < OldestMajor)
        {
            return $"libssl has version {major}, and version {OldestMajor} is needed";
        }

        // Without the flag, exit() would clean the library up while loops still use it. The runtime does the same.
        const ulong Options = OpenSslCalls.InitNoAtExit | OpenSslCalls.InitLoadSslStrings | OpenSslCalls.InitLoadCryptoStrings;
        return OpenSslCalls.Initialize(Options, 0) == 1 ? null : "libssl does not initialize";
    }

    private static bool TryOpen((string Ssl, string Crypto) names) =>
        NativeLibrary.TryLoad(names.Ssl, out _ssl) && NativeLibrary.TryLoad(names.Crypto, out _crypto);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        OpenSslCalls.Ssl => _ssl,
        OpenSslCalls.Crypto => _crypto,
        _ => 0,
    };
}
