namespace WunderProxy.Deployments.Docker.Archives;

/// <summary>Detects how an archive is compressed from its first bytes, as the engine does.</summary>
internal static class ArchiveCompression
{
    /// <summary>Name of the only compression that is unpacked here.</summary>
    public const string Gzip = "gzip";

    /// <summary>Number of bytes at the start of an archive that reveal its compression.</summary>
    public const int StartBytes = 8;

    /// <summary>Returns the name of the compression, or null if there is none.</summary>
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

        // A frame, or a skippable frame (RFC 8878 section 3.1).
        var isSkipped = start.Length >= 4 && start[0] is >= 0x50 and <= 0x5F && start[1..4].SequenceEqual((ReadOnlySpan<byte>)[0x2A, 0x4D, 0x18]);
        return isSkipped || start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? "zstd" : null;
    }
}
