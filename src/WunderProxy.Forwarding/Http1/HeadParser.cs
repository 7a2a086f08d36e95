namespace WunderProxy.Forwarding.Http1;

/// <summary>Parses request and response heads from contiguous bytes (RFC 9112 sections 2 to 5).</summary>
/// <remarks>
/// An incomplete head consumes nothing and is parsed again from its start when more bytes have arrived. A broken rule
/// is reported as soon as the offending byte is there, with the same reason however the input was split.
/// </remarks>
internal static class HeadParser
{
    /// <summary>Empty lines skipped before a request line; RFC 9112 section 2.2 asks for at least one.</summary>
    public const int MaxLeadingEmptyLines = 4;

    /// <summary>Parses one request head.</summary>
    /// <param name="input">Bytes from the start of the message, or of the empty lines before it.</param>
    /// <param name="limits">Largest sizes accepted.</param>
    /// <param name="head">
    /// Receives the head when the status is <see cref="ParseStatus.Done"/>. Otherwise the head stays empty, except that
    /// a method already known is kept.
    /// </param>
    /// <param name="consumed">
    /// Length of the head in bytes, with the empty lines before it; 0 unless the status is
    /// <see cref="ParseStatus.Done"/>.
    /// </param>
    /// <param name="reason">Why the request is refused, if the status is <see cref="ParseStatus.Rejected"/>.</param>
    public static ParseStatus ParseRequest(
        ReadOnlySpan<byte> input, in HeadLimits limits, RequestHead head, out int consumed, out RequestRejection reason)
    {
        consumed = 0;
        head.Reset();
        var start = SkipEmptyLines(input);
        var bytes = input[start..];
        var status = ParseRequestLine(bytes, limits.MaxRequestLineBytes, out var line, out reason);
        if (status != ParseStatus.Done)
        {
            return status;
        }

        status = FieldSectionParser.Parse(
            bytes, line.Length, limits.MaxHeaderBytes, limits.MaxHeaderCount, head, out var end, out var fault);
        if (status != ParseStatus.Done)
        {
            // The lines parsed so far refer to bytes that nobody keeps. The method stays known: it decides whether a
            // refusal has a body.
            head.Reset();
            head.RememberMethod(line.Method);
            reason = FieldFaults.ForRequest(fault);
            return status;
        }

        head.Complete(in line, bytes[..end]);
        reason = CheckHead(head);
        if (reason != RequestRejection.None)
        {
            return ParseStatus.Rejected;
        }

        consumed = start + end;
        return ParseStatus.Done;
    }

    /// <summary>Parses one response head.</summary>
    /// <param name="input">Bytes from the start of the message.</param>
    /// <param name="limits">Largest sizes accepted.</param>
    /// <param name="head">
    /// Receives the head when the status is <see cref="ParseStatus.Done"/>; stays empty otherwise.
    /// </param>
    /// <param name="consumed">
    /// Length of the head in bytes; 0 unless the status is <see cref="ParseStatus.Done"/>.
    /// </param>
    /// <param name="reason">Why the response is refused, if the status is <see cref="ParseStatus.Rejected"/>.</param>
    public static ParseStatus ParseResponse(
        ReadOnlySpan<byte> input, in HeadLimits limits, ResponseHead head, out int consumed, out ResponseRejection reason)
    {
        consumed = 0;
        head.Reset();
        var window = input[..Math.Min(input.Length, limits.MaxResponseHeaderBytes)];
        var status = StatusLineParser.Parse(
            window, out var minor, out var statusCode, out var reasonPhrase, out var lineLength, out reason);
        if (status != ParseStatus.Done)
        {
            return OrTooLarge(status, window.Length < input.Length, ref reason);
        }

        var maxFieldBytes = limits.MaxResponseHeaderBytes - lineLength;
        status = FieldSectionParser.Parse(
            input, lineLength, maxFieldBytes, limits.MaxResponseHeaderCount, head, out var end, out var fault);
        if (status != ParseStatus.Done)
        {
            head.Reset();
            reason = FieldFaults.ForResponse(fault);
            return status;
        }

        head.Complete(minor, statusCode, reasonPhrase, input[..end]);
        if (!ConnectionFields.Apply(head))
        {
            reason = ResponseRejection.TooManyConnectionOptions;
            return ParseStatus.Rejected;
        }

        consumed = end;
        return ParseStatus.Done;
    }

    private static int SkipEmptyLines(ReadOnlySpan<byte> input)
    {
        var start = 0;
        for (var line = 0; line < MaxLeadingEmptyLines && input[start..].StartsWith("\r\n"u8); line++)
        {
            start += 2;
        }

        return start;
    }

    private static ParseStatus ParseRequestLine(
        ReadOnlySpan<byte> bytes, int maxBytes, out RequestLine line, out RequestRejection reason)
    {
        // A CR may still become an empty line, so it is not a bad method yet.
        if (bytes is [Grammar.Cr])
        {
            line = default;
            reason = RequestRejection.None;
            return ParseStatus.NeedMore;
        }

        var window = bytes[..(int)Math.Min(bytes.Length, (long)maxBytes + 2)];
        var status = RequestLineParser.Parse(window, out line, out reason);
        if (status == ParseStatus.NeedMore && window.Length < bytes.Length)
        {
            reason = RequestRejection.RequestLineTooLong;
            return ParseStatus.Rejected;
        }

        return status;
    }

    private static ParseStatus OrTooLarge(ParseStatus status, bool isLimited, ref ResponseRejection reason)
    {
        if (status == ParseStatus.NeedMore && isLimited)
        {
            reason = ResponseRejection.HeadTooLarge;
            return ParseStatus.Rejected;
        }

        return status;
    }

    private static RequestRejection CheckHead(RequestHead head)
    {
        var reason = CheckHost(head);
        return reason == RequestRejection.None && !ConnectionFields.Apply(head)
            ? RequestRejection.TooManyConnectionOptions
            : reason;
    }

    // RFC 9112 section 3.2. The grammar allows an empty value, but an empty value names no host to route by.
    private static RequestRejection CheckHost(RequestHead head)
    {
        var index = head.IndexOf(HeaderName.Host);
        if (index < 0)
        {
            return head.MinorVersion >= 1 ? RequestRejection.MissingHost : RequestRejection.None;
        }

        if (head.IndexOf(HeaderName.Host, index + 1) >= 0)
        {
            return RequestRejection.SeveralHosts;
        }

        var host = head.Fields[index];
        if (host.ValueLength > 0 && !HostGrammar.IsValid(head.ValueOf(in host)))
        {
            return RequestRejection.BadHost;
        }

        head.SetHost(in host);
        return RequestRejection.None;
    }
}
