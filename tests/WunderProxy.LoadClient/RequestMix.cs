using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.LoadClient;

/// <summary>
/// The mix of requests: of a hundred, 84 small GETs, 8 small POSTs, 3 POSTs up to 1 MiB, 3 downloads and 2 streams.
/// Bodies are checked by digest.
/// </summary>
internal sealed class RequestMix(int seed, string host, string? acceptEncoding)
{
    private const int MaxBodyBytes = 1024 * 1024;
    private const int ChunkBytes = 8 * 1024;
    private const int StreamLines = 4;

    private static readonly byte[] Noise = CreateNoise();

    // Not for secrets: a repeatable load needs a generator with a seed.
    private readonly Random _random = new(seed);

    /// <summary>Returns true with the given probability in percent.</summary>
    public bool Chance(int percent) => _random.Next(100) < percent;

    public PlannedRequest Next(bool closes) => _random.Next(100) switch
    {
        < 84 => Page(closes),
        < 92 => Upload(_random.Next(16 * 1024), closes),
        < 95 => Upload(_random.Next(MaxBodyBytes + 1), closes),
        < 98 => Download(_random.Next(256 * 1024), closes),
        _ => Stream(closes),
    };

    /// <summary>Creates a small GET for the start page.</summary>
    public PlannedRequest Page(bool closes) => new(
        "GET /",
        Encoding.ASCII.GetBytes(Head("GET /", closes, "")),
        response => response.BodyStart.EndsWith("</html>\n", StringComparison.Ordinal) ? null : "not the whole page");

    private PlannedRequest Upload(int length, bool closes)
    {
        var body = Noise.AsMemory(_random.Next(Noise.Length - length), length);
        var isChunked = Chance(50);
        var head = Head("POST /upload", closes, isChunked ? "Transfer-Encoding: chunked\r\n" : $"Content-Length: {length}\r\n");
        var expected = $"{length} {Convert.ToHexStringLower(SHA256.HashData(body.Span))}\n";
        return new PlannedRequest(
            $"POST /upload of {length} bytes{(isChunked ? ", chunked" : "")}",
            isChunked ? Chunked(head, body.Span) : (byte[])[.. Encoding.ASCII.GetBytes(head), .. body.Span],
            response => response.BodyStart == expected ? null : $"the application read '{response.BodyStart.TrimEnd()}'");
    }

    private PlannedRequest Download(int length, bool closes)
    {
        var isChunked = Chance(50);
        // Only texts are compressed.
        var type = acceptEncoding is not null && Chance(50) ? "&type=text/plain" : "";
        return new PlannedRequest(
            $"GET /download of {length} bytes{(isChunked ? ", chunked" : "")}",
            Encoding.ASCII.GetBytes(Head($"GET /download?bytes={length}{(isChunked ? "&chunked=true" : "")}{type}", closes, "")),
            response => CheckDownload(response, length));
    }

    private static string? CheckDownload(Response response, int length)
    {
        if (response.BodyBytes != length)
        {
            return $"{response.BodyBytes} of {length} bytes";
        }

        return response.Headers.GetValueOrDefault("X-Content-SHA256") == response.BodyDigest ? null : "wrong digest";
    }

    private PlannedRequest Stream(bool closes) => new(
        "GET /stream",
        Encoding.ASCII.GetBytes(Head($"GET /stream?count={StreamLines}&ms=5", closes, "")),
        response => response.BodyStart.EndsWith($"line {StreamLines} of {StreamLines}\n", StringComparison.Ordinal)
            ? null
            : "the stream lacks its end");

    private string Head(string target, bool closes, string framing) =>
        $"{target} HTTP/1.1\r\nHost: {host}\r\n{(acceptEncoding is null ? "" : $"Accept-Encoding: {acceptEncoding}\r\n")}{(closes ? "Connection: close\r\n" : "")}{framing}\r\n";

    private static byte[] Chunked(string head, ReadOnlySpan<byte> body)
    {
        using var bytes = new MemoryStream(head.Length + body.Length + 1024);
        bytes.Write(Encoding.ASCII.GetBytes(head));
        while (!body.IsEmpty)
        {
            var chunk = body[..int.Min(ChunkBytes, body.Length)];
            bytes.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            bytes.Write(chunk);
            bytes.Write("\r\n"u8);
            body = body[chunk.Length..];
        }

        bytes.Write("0\r\n\r\n"u8);
        return bytes.ToArray();
    }

    private static byte[] CreateNoise()
    {
        var noise = new byte[2 * MaxBodyBytes];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
