namespace WunderProxy.Deployments.Docker.Archives;

/// <summary>How an archive is compressed, by its first bytes as the engine looks at them.</summary>
internal static class ArchiveCompression
{
    /// <summary>The one that is unpacked here.</summary>
    public const string Gzip = "gzip";

    /// <summary>How many bytes at the start of an archive tell its compression.</summary>
    public const int StartBytes = 8;

    /// <summary>The name of the compression; null for none.</summary>
    public static string? Of(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return Gzip;
        }

        if (start.StartsWith("BZh"u8))
        {
            return "bzip2";
        }

        if (start.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]))
        {
            return "xz";
        }

        // A frame, or one that decoders skip (RFC 8878 section 3.1).
        var isSkipped = start.Length >= 4 && start[0] is >= 0x50 and <= 0x5F && start[1..4].SequenceEqual((ReadOnlySpan<byte>)[0x2A, 0x4D, 0x18]);
        return isSkipped || start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? "zstd" : null;
    }
}
