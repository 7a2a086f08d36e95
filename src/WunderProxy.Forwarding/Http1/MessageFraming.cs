using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Decides how a body ends, by the rules of RFC 9112 section 6.3. Where the RFC lets a recipient guess, the message is
/// refused: request smuggling depends on two servers that guess differently (RFC 9112 section 11.2).
/// </summary>
internal static class MessageFraming
{
    /// <summary>Decides how the body of a request ends.</summary>
    /// <param name="head">A complete request head.</param>
    /// <param name="framing">The framing; its kind is none, length or chunked.</param>
    /// <param name="reason">Why the request is refused, if the result is <see cref="ParseStatus.Rejected"/>.</param>
    /// <returns><see cref="ParseStatus.Done"/> or <see cref="ParseStatus.Rejected"/>.</returns>
    public static ParseStatus DecideRequest(RequestHead head, out BodyFraming framing, out RequestRejection reason)
    {
        framing = BodyFraming.None;
        var hasLength = head.Has(HeaderName.ContentLength);
        if (head.Has(HeaderName.TransferEncoding))
        {
            // Rule 3: a length beside a coding "ought to be handled as an error". Rule 4: chunked must be the final
            // coding; the proxy understands no other coding and accepts chunked once.
            framing = BodyFraming.Chunked;
            reason = hasLength ? RequestRejection.LengthAndTransferEncoding
                : head.MinorVersion == 0 ? RequestRejection.TransferEncodingInHttp10
                : CheckRequestCoding(head);
        }
        else if (hasLength)
        {
            // Rules 5 and 6.
            var isNumber = Grammar.TryReadDecimal(head.ValueOf(HeaderName.ContentLength), out var length);
            reason = head.Count(HeaderName.ContentLength) > 1 ? RequestRejection.SeveralContentLengths
                : isNumber ? RequestRejection.None
                : RequestRejection.BadContentLength;
            framing = new BodyFraming(BodyKind.Length, length);
        }
        else
        {
            // Rule 7: a request with neither header has no body.
            reason = RequestRejection.None;
        }

        return reason == RequestRejection.None ? ParseStatus.Done : ParseStatus.Rejected;
    }

    /// <summary>Decides how the body of a response ends.</summary>
    /// <param name="head">A complete response head.</param>
    /// <param name="requestMethod">Method of the request that this response answers.</param>
    /// <param name="framing">The framing, of any kind.</param>
    /// <param name="reason">Why the response is refused, if the result is <see cref="ParseStatus.Rejected"/>.</param>
    /// <returns><see cref="ParseStatus.Done"/> or <see cref="ParseStatus.Rejected"/>.</returns>
    public static ParseStatus DecideResponse(
        ResponseHead head, KnownMethod requestMethod, out BodyFraming framing, out ResponseRejection reason)
    {
        framing = BodyFraming.None;
        reason = CheckResponseFields(head, out var length);
        if (reason != ResponseRejection.None)
        {
            return ParseStatus.Rejected;
        }

        if (head.StatusCode is < 200 or 204)
        {
            // Rule 1; these responses may not even carry a length (RFC 9110 section 8.6).
        }
        else if (requestMethod == KnownMethod.Head || head.StatusCode == 304)
        {
            // Rule 1; a length here describes the body that is left out.
            framing = new BodyFraming(BodyKind.None, length);
        }
        else if (head.Has(HeaderName.TransferEncoding))
        {
            // Rule 4. Rule 2 is about CONNECT, which is never sent.
            framing = BodyFraming.Chunked;
        }
        else
        {
            // Rule 6, else rule 8.
            framing = length >= 0 ? new BodyFraming(BodyKind.Length, length) : BodyFraming.UntilClose;
        }

        return ParseStatus.Done;
    }

    private static RequestRejection CheckRequestCoding(RequestHead head)
    {
        var index = head.IndexOf(HeaderName.TransferEncoding);
        var isSingle = head.IndexOf(HeaderName.TransferEncoding, index + 1) < 0;
        var value = head.ValueOf(HeaderName.TransferEncoding);
        if (isSingle && IsChunked(value))
        {
            return RequestRejection.None;
        }

        // "gzip, chunked" is well framed and merely not understood (section 6.1); any other coding cannot be framed.
        var comma = value.LastIndexOf((byte)',');
        var isUnderstandable = isSingle && comma > 0 && IsChunked(Grammar.TrimBlanks(value[(comma + 1)..]))
            && AreOtherCodings(value[..comma]);
        return isUnderstandable ? RequestRejection.UnknownTransferCoding : RequestRejection.BadTransferEncoding;
    }

    private static bool AreOtherCodings(ReadOnlySpan<byte> codings)
    {
        var count = 0;
        var elements = new ListValue(codings);
        while (elements.MoveNext())
        {
            count++;
            if (!Grammar.IsToken(elements.Current) || IsChunked(elements.Current))
            {
                return false;
            }
        }

        return count > 0;
    }

    private static ResponseRejection CheckResponseFields(ResponseHead head, out long length)
    {
        length = -1;
        var hasLength = head.Has(HeaderName.ContentLength);
        if (!head.Has(HeaderName.TransferEncoding))
        {
            return hasLength ? ReadLengths(head, out length) : ResponseRejection.None;
        }

        if (hasLength)
        {
            return ResponseRejection.LengthAndTransferEncoding;
        }

        if (head.MinorVersion == 0)
        {
            return ResponseRejection.TransferEncodingInHttp10;
        }

        var isChunked = head.Count(HeaderName.TransferEncoding) == 1
            && IsChunked(head.ValueOf(HeaderName.TransferEncoding));
        return isChunked ? ResponseRejection.None : ResponseRejection.BadTransferEncoding;
    }

    // Rule 5: equal lengths may count as one. Some applications repeat theirs; the proxy forwards a single line.
    private static ResponseRejection ReadLengths(ResponseHead head, out long length)
    {
        length = -1;
        var at = head.IndexOf(HeaderName.ContentLength);
        for (; at >= 0; at = head.IndexOf(HeaderName.ContentLength, at + 1))
        {
            if (!Grammar.TryReadDecimal(head.ValueOf(head.Fields[at]), out var value))
            {
                return ResponseRejection.BadContentLength;
            }

            if (length >= 0 && value != length)
            {
                return ResponseRejection.ConflictingContentLengths;
            }

            length = value;
        }

        return ResponseRejection.None;
    }

    private static bool IsChunked(ReadOnlySpan<byte> coding) => Ascii.EqualsIgnoreCase(coding, "chunked"u8);
}
