using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.ClientApplication;

/// <summary>Bodies whose content can be checked at the other end.</summary>
internal static class BodyRoutes
{
    private const int BlockBytes = 64 * 1024;
    private static readonly byte[] Block = TestBody.BytesOf(BlockBytes);

    public static void Map(WebApplication app)
    {
        app.MapMethods("/upload", ["POST", "PUT"], UploadAsync);
        app.MapMethods("/download", ["GET", "HEAD"], DownloadAsync);
        app.MapGet("/compressed", CompressAsync);
    }

    /// <summary>Answers what came, and how it was framed.</summary>
    private static async Task<string> UploadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BlockBytes];
        var length = 0L;
        int count;
        while ((count = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            digest.AppendData(buffer, 0, count);
            length += count;
        }

        var framing = request.Headers.TransferEncoding.ToString() is { Length: > 0 } coding ? coding : "length";
        return $"{length} {Convert.ToHexStringLower(digest.GetHashAndReset())} {framing}\n";
    }

    private static async Task DownloadAsync(HttpContext context, int bytes, bool? chunked)
    {
        context.Response.ContentType = "application/octet-stream";
        if (chunked != true)
        {
            context.Response.ContentLength = bytes;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        for (var left = bytes; left > 0; left -= BlockBytes)
        {
            var part = Block.AsMemory(0, int.Min(left, BlockBytes));
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
        }
    }

    private static async Task CompressAsync(HttpContext context)
    {
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal))
        {
            await context.Response.WriteAsync(TestBody.CompressedText);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        await using var compressing = new GZipStream(context.Response.Body, CompressionLevel.Optimal);
        await compressing.WriteAsync(Encoding.ASCII.GetBytes(TestBody.CompressedText));
    }
}
