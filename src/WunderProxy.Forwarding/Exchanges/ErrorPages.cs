using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Bodies of the answers that we make: built in, or files of a directory. They tell nothing of the inside.</summary>
internal sealed class ErrorPages
{
    private static readonly (int Status, string Reason, string Text)[] BuiltIn =
    [
        (400, "Bad Request", "The request was malformed."),
        (404, "Not Found", "There is nothing here."),
        (405, "Method Not Allowed", "This method is not allowed here."),
        (408, "Request Timeout", "The request took too long to arrive."),
        (414, "URI Too Long", "The request line is too long."),
        (431, "Request Header Fields Too Large", "The request headers are too large."),
        (500, "Internal Server Error", "Something went wrong."),
        (501, "Not Implemented", "The request asks for something that is not supported here."),
        (502, "Bad Gateway", "The application gave no usable response."),
        (503, "Service Unavailable", "The application is not available at the moment. Please try again soon."),
        (504, "Gateway Timeout", "The application took too long to respond."),
        (505, "HTTP Version Not Supported", "This version of HTTP is not supported."),
    ];

    private readonly FrozenDictionary<int, (byte[] Html, byte[] Json)> _pages;

    /// <summary>Reads the pages.</summary>
    /// <param name="directory">Holds <c>502.html</c>, <c>502.json</c> and so on, each optional; null for none.</param>
    /// <exception cref="IOException">The directory or a file cannot be read.</exception>
    public ErrorPages(string? directory)
    {
        _pages = BuiltIn.ToFrozenDictionary(
            page => page.Status,
            page => (Load(directory, page.Status, "html") ?? Html(page), Load(directory, page.Status, "json") ?? Json(page)));
    }

    /// <summary>The reason phrase of a status that we answer with.</summary>
    public static string ReasonOf(int status) => Array.Find(BuiltIn, page => page.Status == status).Reason;

    /// <summary>The body for a status.</summary>
    public ReadOnlyMemory<byte> BodyOf(int status, bool asJson)
    {
        var (html, json) = _pages[status];
        return asJson ? json : html;
    }

    private static byte[]? Load(string? directory, int status, string extension)
    {
        if (directory is null)
        {
            return null;
        }

        var path = Path.Combine(directory, $"{status.ToString(CultureInfo.InvariantCulture)}.{extension}");
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private static byte[] Html((int Status, string Reason, string Text) page) => Encoding.UTF8.GetBytes(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>{page.Status} {page.Reason}</title></head>
        <body><h1>{page.Reason}</h1><p>{page.Text}</p></body>
        </html>

        """);

    private static byte[] Json((int Status, string Reason, string Text) page) => Encoding.UTF8.GetBytes(
        $$"""{"status":{{page.Status}},"error":"{{page.Reason}}","message":"{{page.Text}}"}""" + "\n");
}
