using WunderProxy.Cli;

namespace WunderProxy.Configuration;

/// <summary>The file that holds the key of the peers: its bytes, without a last newline.</summary>
internal static class PeerKeyFile
{
    /// <summary>Reads the key.</summary>
    /// <exception cref="UsageException">The file cannot be read or holds nothing.</exception>
    public static byte[] Read(string path)
    {
        var bytes = SecretFile.Read("--peer-key-file", path);
        var key = bytes is [.., (byte)'\n'] ? bytes[..^1] : bytes;
        return key.Length > 0 ? key : throw new UsageException($"--peer-key-file: {path} is empty");
    }
}
