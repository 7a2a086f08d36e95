using System.Security.Cryptography;

namespace WunderProxy.Sample;

/// <summary>Bodies whose content can be checked at the other end.</summary>
internal static class BodyRoutes
{
    private const int BlockBytes = 64 * 1024;
    private static readonly byte[] Block = CreateBlock();

    public static void Map(WebApplication app)
    {
        app.MapMethods("/upload", ["POST", "PUT"], UploadAsync);
        app.MapGet("/download", DownloadAsync);
    }

    /// <summary>Answers the length of what came and its SHA-256, parted by a space.</summary>
    private static async Task<string> UploadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                digest.AppendData(segment.Span);
            }

            length += read.Buffer.Length;
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return $"{length} {Convert.ToHexStringLower(digest.GetHashAndReset())}\n";
            }
        }
    }

    /// <summary>
    /// Sends bytes that follow a fixed pattern, their SHA-256 ahead in X-Content-SHA256; chunked, or called a text, on request.
    /// </summary>
    private static async Task DownloadAsync(HttpContext context, long bytes, bool? chunked, string? type)
    {
        context.Response.ContentType = type ?? "application/octet-stream";
        context.Response.Headers["X-Content-SHA256"] = Digest(bytes);
        if (chunked != true)
        {
            context.Response.ContentLength = bytes;
        }

        for (var left = bytes; left > 0; left -= BlockBytes)
        {
            await context.Response.Body.WriteAsync(Block.AsMemory(0, (int)long.Min(left, BlockBytes)), context.RequestAborted);
        }
    }

    private static string Digest(long bytes)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var left = bytes; left > 0; left -= BlockBytes)
        {
            digest.AppendData(Block, 0, (int)long.Min(left, BlockBytes));
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    // A multiplicative sequence: no two neighbouring kilobytes are alike, so lost or doubled bytes change the digest.
    private static byte[] CreateBlock()
    {
        var block = new byte[BlockBytes];
        for (var i = 0; i < block.Length; i++)
        {
            block[i] = (byte)((uint)i * 2654435761u >> 24);
        }

        return block;
    }
}
