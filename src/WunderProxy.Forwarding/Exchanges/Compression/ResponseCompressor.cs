using System.Diagnostics;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges.Compression;

/// <summary>
/// Compresses the responses of one loop: decides for each whether and how, changes its head accordingly, and lends the
/// filter for its body. No locks.
/// </summary>
internal sealed class ResponseCompressor
{
    /// <summary>
    /// Most responses that the loop compresses at a time, each with 100 KiB to 1 MiB of memory outside the managed
    /// heap, by coding and level; others pass as they are.
    /// </summary>
    internal const int MaxActive = 128;

    private readonly Stack<BrotliFilter> _brotli = new();
    private readonly Stack<GzipFilter> _gzip = new();

    /// <summary>Number of responses that are being compressed at present.</summary>
    public int Active { get; private set; }

    /// <summary>Changes the head of a final response if its client is to get it compressed, or might have got it so.</summary>
    /// <param name="level">How hard to try; not off.</param>
    /// <param name="request">The request.</param>
    /// <param name="response">The response, of which no byte has gone to the client.</param>
    /// <param name="framing">The framing of the response as the upstream sent it.</param>
    /// <returns>The filter for the body, which returns itself when it is released; null for no filter.</returns>
    public BodyFilter? Begin(
        ResponseCompression level, RequestHead request, ResponseHead response, in BodyFraming framing)
    {
        if (response.StatusCode == 304)
        {
            WeakenConfirmedTag(request, response);
            return null;
        }

        var isHead = request.KnownMethod == KnownMethod.Head;
        if ((!isHead && !framing.HasBody) || !CompressionRules.IsCompressible(response, framing.Length))
        {
            return null;
        }

        AddVary(response);
        if (isHead || !MayTransform(request) || Active == MaxActive)
        {
            return null;
        }

        var coding = AcceptEncoding.Choose(request);
        if (coding == ContentCoding.Identity)
        {
            return null;
        }

        WeakenTag(response);
        LeaveOutAcceptRanges(response);
        response.Append(HeaderName.ContentEncoding, coding == ContentCoding.Brotli ? "br"u8 : "gzip"u8);
        NativeHeap.KeepFreed();
        BodyFilter filter = coding == ContentCoding.Brotli ? RentBrotli(level) : RentGzip(level);
        Active++;
        return filter;
    }

    internal void Return(BrotliFilter filter)
    {
        Active--;
        _brotli.Push(filter);
    }

    internal void Return(GzipFilter filter)
    {
        Active--;
        _gzip.Push(filter);
    }

    private BrotliFilter RentBrotli(ResponseCompression level)
    {
        var filter = _brotli.TryPop(out var kept) ? kept : new BrotliFilter(this);
        filter.Begin(level switch
        {
            ResponseCompression.Fast => 2,
            ResponseCompression.Normal => 3,
            ResponseCompression.Small => 5,
            _ => throw new UnreachableException("nothing is compressed while compression is off"),
        });
        return filter;
    }

    private GzipFilter RentGzip(ResponseCompression level)
    {
        var filter = _gzip.TryPop(out var kept) ? kept : new GzipFilter(this);
        filter.Begin(level);
        return filter;
    }

    /// <summary>
    /// Whether the request allows a coding. HTTP/1.0 has no chunks, so the end of a compressed body would look like a
    /// break; and a client may forbid changes as an application may (RFC 9111 section 5.2.1.6).
    /// </summary>
    private static bool MayTransform(RequestHead request) =>
        request.MinorVersion > 0 && !request.HasToken(HeaderName.CacheControl, "no-transform"u8);

    /// <summary>Tells caches that the answer depends on Accept-Encoding, whatever this client gets.</summary>
    private static void AddVary(ResponseHead response)
    {
        if (!response.HasToken(HeaderName.Vary, "Accept-Encoding"u8) && !response.HasToken(HeaderName.Vary, "*"u8))
        {
            response.Append(HeaderName.Vary, "Accept-Encoding"u8);
        }
    }

    /// <summary>
    /// Makes a strong entity tag weak, because the compressed bytes are others than those that it names (RFC 9110
    /// section 8.8.1); what is no entity tag is left out, as nginx does.
    /// </summary>
    private static void WeakenTag(ResponseHead response)
    {
        for (var index = response.IndexOf(HeaderName.ETag); index >= 0; index = response.IndexOf(HeaderName.ETag, index + 1))
        {
            var tag = response.ValueOf(in response.Fields[index]);
            if (tag.StartsWith("W/"u8))
            {
                continue;
            }

            response.LeaveOut(index);
            if (tag.StartsWith("\""u8))
            {
                response.Append(HeaderName.ETag, "W/"u8, tag);
            }
        }
    }

    /// <summary>
    /// Answers a client that showed the weakened tag with that tag again: with the strong one a cache would take the
    /// compressed bytes that it keeps for those of the application (RFC 9111 section 4.3.4).
    /// </summary>
    private static void WeakenConfirmedTag(RequestHead request, ResponseHead response)
    {
        var tag = response.ValueOf(HeaderName.ETag);
        if (tag.StartsWith("\""u8) && ShownTags.HasWeak(request, tag))
        {
            WeakenTag(response);
            AddVary(response);
        }
    }

    /// <summary>Ranges would be counted in the application's bytes, not in those that the client has.</summary>
    private static void LeaveOutAcceptRanges(ResponseHead response)
    {
        for (var index = 0; index < response.Fields.Length; index++)
        {
            ref readonly var field = ref response.Fields[index];
            if (field.Known == HeaderName.Unknown && Ascii.EqualsIgnoreCase(response.NameOf(in field), "Accept-Ranges"u8))
            {
                response.LeaveOut(index);
            }
        }
    }
}
