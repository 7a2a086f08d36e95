using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace WunderProxy.Forwarding.Applications;

/// <summary>
/// Bodies of the answers that the proxy makes itself, built in or given as files. They reveal nothing about the inside.
/// </summary>
internal sealed class ErrorPages
{
    private const string Html = "html";
    private const string Json = "json";

    private static readonly (int Status, string Reason, string Text)[] BuiltIn =
    [
        (400, "Bad Request", "The request was malformed."),
        (405, "Method Not Allowed", "This method is not allowed here."),
        (408, "Request Timeout", "The request took too long to arrive."),
        (413, "Content Too Large", "The request is too large."),
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

    /// <summary>Creates the pages from files.</summary>
    /// <param name="files">Content by file name; each of <see cref="Names"/> is optional.</param>
    public ErrorPages(IReadOnlyDictionary<string, byte[]> files)
    {
        _pages = BuiltIn.ToFrozenDictionary(
            page => page.Status,
            page => (
                files.GetValueOrDefault(NameOf(page.Status, Html)) ?? HtmlOf(page),
                files.GetValueOrDefault(NameOf(page.Status, Json)) ?? JsonOf(page)));
    }

    /// <summary>Names of the files that are used.</summary>
    public static IEnumerable<string> Names =>
        BuiltIn.SelectMany(page => new[] { NameOf(page.Status, Html), NameOf(page.Status, Json) });

    /// <summary>Returns the reason phrase of a status with which the proxy answers.</summary>
    public static string ReasonOf(int status) => Array.Find(BuiltIn, page => page.Status == status).Reason;

    /// <summary>Returns the body for a status.</summary>
    public ReadOnlyMemory<byte> BodyOf(int status, bool asJson)
    {
        var (html, json) = _pages[status];
        return asJson ? json : html;
    }

    private static string NameOf(int status, string extension) =>
        $"{status.ToString(CultureInfo.InvariantCulture)}.{extension}";

    private static byte[] HtmlOf((int Status, string Reason, string Text) page) => Encoding.UTF8.GetBytes(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>{page.Status} {page.Reason}</title></head>
        <body><h1>{page.Reason}</h1><p>{page.Text}</p></body>
        </html>

        """);

    private static byte[] JsonOf((int Status, string Reason, string Text) page) => Encoding.UTF8.GetBytes(
        $$"""{"status":{{page.Status}},"error":"{{page.Reason}}","message":"{{page.Text}}"}""" + "\n");
}
