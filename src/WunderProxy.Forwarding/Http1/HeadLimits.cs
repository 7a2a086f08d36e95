namespace WunderProxy.Forwarding.Http1;

/// <summary>Largest heads that are read; each default can be set on the command line.</summary>
/// <param name="MaxRequestLineBytes">Request line without its CRLF; above it 414. RFC 9112 section 3 asks for at least 8000.</param>
/// <param name="MaxHeaderBytes">All header lines of a request with their CRLF; above it 431. Also bounds trailers.</param>
/// <param name="MaxHeaderCount">Header lines of a request; above it 431. Also bounds trailers.</param>
/// <param name="MaxResponseHeaderBytes">Status line and header lines of a response with their CRLF; above it 502.</param>
/// <param name="MaxResponseHeaderCount">Header lines of a response; above it 502; see <see cref="LinesOfResponse"/>.</param>
internal readonly record struct HeadLimits(
    int MaxRequestLineBytes,
    int MaxHeaderBytes,
    int MaxHeaderCount,
    int MaxResponseHeaderBytes,
    int MaxResponseHeaderCount = HeadLimits.DefaultMaxResponseHeaderCount)
{
    /// <summary>512, which <see cref="LinesOfResponse"/> makes of the other defaults.</summary>
    public const int DefaultMaxResponseHeaderCount = 512;

    // Shorter than lines are on the average, so that the bytes are what bounds an ordinary response.
    private const int BytesPerLine = 128;
    private const int ResponseLinesPerRequestLine = 4;

    /// <summary>8 KiB request line, 32 KiB and 128 lines of header, 64 KiB response head.</summary>
    public static HeadLimits Default { get; } = new(8 * 1024, 32 * 1024, 128, 64 * 1024);

    /// <summary>
    /// How many lines a response may have. Applications set many cookies: four times as many as a request may have, and
    /// in any case one for each 128 bytes that its head may have, so that who raises either limit gets more lines.
    /// </summary>
    public static int LinesOfResponse(int maxHeaderCount, int maxResponseHeaderBytes) =>
        Math.Max(maxHeaderCount * ResponseLinesPerRequestLine, maxResponseHeaderBytes / BytesPerLine);
}
