
namespace WunderProxy.Configuration;

/// <summary>The file that holds the key of the peers: its bytes, without a last newline.</summary>
internal static class PeerKeyFile
{
    private const string Option = "--peer-key-file";

    /// <summary>Says who else can read or change the key.</summary>
    /// <returns>A sentence for a warning; null when nobody can.</returns>
    public static string? WarningOf(string path) => SecretFile.WarningOf(Option, path);

    /// <summary>Reads the key.</summary>
    /// <exception cref="UsageException">The file cannot be read or holds nothing.</exception>
    public static byte[] Read(string path)
    {
        var bytes = SecretFile.Read(Option, path);
        var key = bytes is [.., (byte)'\n'] ? bytes[..^1] : bytes;
        return key.Length > 0 ? key : throw new UsageException($"{Option}: {path} is empty");
    }
}
