using System.IO.Compression;

namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Decodes what <c>Content-Encoding</c> names (RFC 9110 section 8.4): objects that were uploaded compressed, or that an
/// intermediary compresses unasked.
/// </summary>
internal static class ContentCoding
{
    /// <summary>Returns the content without its codings.</summary>
    /// <param name="content">The content as received.</param>
    /// <param name="codings">Value of the header; null or empty for none.</param>
    /// <exception cref="FormatException">The header names an unknown coding.</exception>
    public static Stream Decode(Stream content, string? codings)
    {
        // Codings are listed in the order in which they were applied. Some servers store the framing mark of an upload
        // here.
        var names = (codings ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Reverse().Aggregate(content, (coded, name) => name.ToLowerInvariant() switch
        {
            "identity" or "aws-chunked" => coded,
            "gzip" or "x-gzip" => new GZipStream(coded, CompressionMode.Decompress),
            "deflate" => new ZLibStream(coded, CompressionMode.Decompress),
            "br" => new BrotliStream(coded, CompressionMode.Decompress),
            _ => throw new FormatException($"it is coded as '{name}'"),
        });
    }
}
