using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace WunderProxy.Forwarding.Tests.Exchanges.Compression;

/// <summary>A response as a client takes it apart: the head, the chunks' payload, and what it decodes to.</summary>
/// <param name="Head">The head without the empty line.</param>
/// <param name="Payload">The payload as sent, one character for each byte.</param>
/// <param name="IsComplete">Whether the last chunk is there.</param>
/// <param name="ChunkCount">Number of chunks with payload.</param>
internal sealed record ReceivedResponse(string Head, string Payload, bool IsComplete, int ChunkCount)
{
    /// <summary>The value of Content-Encoding; empty without one.</summary>
    public string Coding => Value("Content-Encoding");

    public static ReceivedResponse Parse(string text)
    {
        var parts = text.Split("\r\n\r\n", 2);
        if (!parts[0].Contains("Transfer-Encoding: chunked", StringComparison.Ordinal))
        {
            return new ReceivedResponse(parts[0], parts[1], IsComplete: true, 0);
        }

        var payload = new StringBuilder();
        var count = 0;
        for (var at = 0; at < parts[1].Length; count++)
        {
            var lineEnd = parts[1].IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = int.Parse(parts[1].AsSpan(at, lineEnd - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return new ReceivedResponse(parts[0], payload.ToString(), IsComplete: true, count);
            }

            payload.Append(parts[1], lineEnd + 2, size);
            at = lineEnd + 2 + size + 2;
        }

        return new ReceivedResponse(parts[0], payload.ToString(), IsComplete: false, count);
    }

    /// <summary>All values of a header line, joined by a vertical bar.</summary>
    public string Value(string name) => string.Join('|', Head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim()));

    /// <summary>What the payload decodes to, as far as it has come.</summary>
    public string Decode()
    {
        using var coded = new MemoryStream(Encoding.Latin1.GetBytes(Payload));
        using Stream decoder = Coding switch
        {
            "br" => new BrotliStream(coded, CompressionMode.Decompress),
            "gzip" => new GZipStream(coded, CompressionMode.Decompress),
            _ => coded,
        };
        var decoded = new MemoryStream();
        try
        {
            decoder.CopyTo(decoded);
        }
        catch (InvalidDataException) when (!IsComplete)
        {
            // What breaks off cannot be decoded to its end.
        }

        return Encoding.Latin1.GetString(decoded.ToArray());
    }
}
