using System.Text;

namespace WunderProxy.Benchmarks;

/// <summary>Heads and bodies as clients and applications send them.</summary>
internal static class RequestSamples
{
    /// <summary>What a load generator sends.</summary>
    public static byte[] ShortRequest { get; } = Head(
        "GET /bytes/128 HTTP/1.1",
        "Host: 127.0.0.1:8080",
        "User-Agent: load",
        "Accept: */*",
        "Accept-Language: en",
        "Cache-Control: no-cache");

    /// <summary>What a browser sends, with cookies and client hints.</summary>
    public static byte[] BrowserRequest { get; } = Head(
        "GET /account/orders?page=2&sort=date HTTP/1.1",
        "Host: shop.example.com",
        "Connection: keep-alive",
        "Cache-Control: max-age=0",
        "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"",
        "sec-ch-ua-mobile: ?0",
        "sec-ch-ua-platform: \"Linux\"",
        "Upgrade-Insecure-Requests: 1",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-User: ?1",
        "Sec-Fetch-Dest: document",
        "Referer: https://shop.example.com/account",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Accept-Language: de-DE,de;q=0.9,en;q=0.8",
        "Cookie: session=4c1a9d1f0e3b4d7a8f5c2e6b9a0d3f7c; theme=dark; consent=analytics%3D0%26ads%3D0; cart=17");

    /// <summary>The answer of a small API.</summary>
    public static byte[] Response { get; } = Head(
        "HTTP/1.1 200 OK",
        "Server: application",
        "Date: Sun, 22 Nov 2026 09:00:00 GMT",
        "Content-Type: application/json; charset=utf-8",
        "Cache-Control: no-cache",
        "Content-Length: 128");

    /// <summary>10 KiB in four chunks.</summary>
    public static byte[] ChunkedBody { get; } = MakeChunkedBody(4, 2560);

    private static byte[] Head(params string[] lines) =>
        Encoding.ASCII.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n");

    private static byte[] MakeChunkedBody(int chunks, int size)
    {
        var chunk = $"{size:x}\r\n{new string('x', size)}\r\n";
        return Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(chunk, chunks)) + "0\r\n\r\n");
    }
}
