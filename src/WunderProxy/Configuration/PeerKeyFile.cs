
namespace WunderProxy.Configuration;

/// <summary>Reads the file with the peer key: its bytes, without a last newline.</summary>
internal static class PeerKeyFile
{
    private const string Option = "--peer-key-file";

    /// <summary>Finds who else can read or change the file.</summary>
    /// <returns>A sentence for a warning, or null if nobody else can.</returns>
    public static string? WarningOf(string path) => SecretFile.WarningOf(Option, path);

    /// <summary>Reads the peer key from its file.</summary>
    /// <exception cref="UsageException">The file cannot be read or is empty, or OpenSSL is missing.</exception>
    public static byte[] Read(string path)
    {
        OpenSslRequirement.Check("a peer key");
        var bytes = SecretFile.Read(Option, path);
        var key = bytes is [.., (byte)'\n'] ? bytes[..^1] : bytes;
        return key.Length > 0 ? key : throw new UsageException($"{Option}: {path} is empty");
    }
}
