namespace WunderProxy.Forwarding.Http1;

/// <summary>Largest sizes of the heads that are read; each can be set on the command line.</summary>
/// <param name="MaxRequestLineBytes">
/// Largest request line without its CRLF, in bytes; a longer one is answered with 414. RFC 9112 section 3 asks for at
/// least 8000.
/// </param>
/// <param name="MaxHeaderBytes">
/// Largest header section of a request, in bytes with each CRLF; a larger one is answered with 431. Bounds trailers
/// too.
/// </param>
/// <param name="MaxHeaderCount">
/// Most header lines of a request; more are answered with 431. Bounds trailers too.
/// </param>
/// <param name="MaxResponseHeaderBytes">
/// Largest status line and header section of a response, in bytes with each CRLF; a larger one becomes a 502.
/// </param>
/// <param name="MaxResponseHeaderCount">
/// Most header lines of a response; more become a 502. See <see cref="LinesOfResponse"/>.
/// </param>
internal readonly record struct HeadLimits(
    int MaxRequestLineBytes,
    int MaxHeaderBytes,
    int MaxHeaderCount,
    int MaxResponseHeaderBytes,
    int MaxResponseHeaderCount = HeadLimits.DefaultMaxResponseHeaderCount)
{
    /// <summary>
    /// Default of <see cref="MaxResponseHeaderCount"/>: what <see cref="LinesOfResponse"/> returns for the other
    /// defaults.
    /// </summary>
    public const int DefaultMaxResponseHeaderCount = 512;

    // Shorter than an average line, so that ordinary responses are bounded by bytes and not by lines.
    private const int BytesPerLine = 128;
    private const int ResponseLinesPerRequestLine = 4;

    /// <summary>
    /// The default limits: 8 KiB of request line, 32 KiB and 128 lines of request header, 64 KiB of response head.
    /// </summary>
    public static HeadLimits Default { get; } = new(8 * 1024, 32 * 1024, 128, 64 * 1024);

    /// <summary>
    /// Returns how many header lines a response may have: four times as many as a request, because applications set
    /// many cookies, and at least one for each 128 bytes of the largest response head. Raising either limit therefore
    /// allows more lines.
    /// </summary>
    public static int LinesOfResponse(int maxHeaderCount, int maxResponseHeaderBytes) =>
        Math.Max(maxHeaderCount * ResponseLinesPerRequestLine, maxResponseHeaderBytes / BytesPerLine);
}
