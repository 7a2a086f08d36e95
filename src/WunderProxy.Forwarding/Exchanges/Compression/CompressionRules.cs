using System.Text;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Compression;

/// <summary>Which responses may be compressed on the way to the client.</summary>
internal static class CompressionRules
{
    /// <summary>The least length in bytes of a body that is worth it; an unknown length counts as enough.</summary>
    public const int MinBytes = 1024;

    /// <summary>
    /// Whether a response may be compressed for a client that accepts it: a text, not encoded yet, neither a part nor
    /// protected from changes.
    /// </summary>
    /// <param name="head">The head of the final response.</param>
    /// <param name="lengthBytes">The length of its body; -1 if unknown.</param>
    public static bool IsCompressible(ResponseHead head, long lengthBytes) =>
        lengthBytes is < 0 or >= MinBytes
        && head.StatusCode is not (204 or 205 or 206 or 304)
        && head.Count(HeaderName.ContentType) == 1
        && IsText(head.ValueOf(HeaderName.ContentType))
        && !head.Has(HeaderName.ContentEncoding)
        && !head.Has(HeaderName.ContentRange)
        && !head.HasToken(HeaderName.CacheControl, "no-transform"u8)

        // Trailers are lost when the body is framed anew: a sender that announces some is taken at its word.
        && !head.Has(HeaderName.Trailer)
        && !HasDigest(head);

    /// <summary>Whether a media type, with or without parameters, is a text that compresses well.</summary>
    internal static bool IsText(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        var type = Grammar.TrimBlanks(semicolon < 0 ? value : value[..semicolon]);
        if (Begins(type, "text/"u8))
        {
            // What is sent as events has to arrive as such; each would be flushed for itself.
            return !Ascii.EqualsIgnoreCase(type, "text/event-stream"u8);
        }

        if (Ends(type, "+json"u8) || Ends(type, "+xml"u8))
        {
            return true;
        }

        return Begins(type, "application/"u8) && IsTextOfApplication(type["application/".Length..]);
    }

    private static bool IsTextOfApplication(ReadOnlySpan<byte> subtype) =>
        Ascii.EqualsIgnoreCase(subtype, "json"u8)
        || Ascii.EqualsIgnoreCase(subtype, "javascript"u8)
        || Ascii.EqualsIgnoreCase(subtype, "x-javascript"u8)
        || Ascii.EqualsIgnoreCase(subtype, "ecmascript"u8)
        || Ascii.EqualsIgnoreCase(subtype, "xml"u8)
        || Ascii.EqualsIgnoreCase(subtype, "x-ndjson"u8)
        || Ascii.EqualsIgnoreCase(subtype, "wasm"u8);

    /// <summary>Whether the response carries a digest of its bytes, which would be wrong afterwards (RFC 9530).</summary>
    private static bool HasDigest(ResponseHead head)
    {
        foreach (ref readonly var field in head.Fields)
        {
            if (field.Known == HeaderName.Unknown && IsDigest(head.NameOf(in field)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDigest(ReadOnlySpan<byte> name) => name.Length switch
    {
        6 => Ascii.EqualsIgnoreCase(name, "Digest"u8),
        11 => Ascii.EqualsIgnoreCase(name, "Content-MD5"u8) || Ascii.EqualsIgnoreCase(name, "Repr-Digest"u8),
        14 => Ascii.EqualsIgnoreCase(name, "Content-Digest"u8),
        _ => false,
    };

    private static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length > start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    private static bool Ends(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end) =>
        text.Length > end.Length && Ascii.EqualsIgnoreCase(text[^end.Length..], end);
}
