namespace WunderProxy.Forwarding.Http1;

/// <summary>Parses status lines from left to right.</summary>
internal static class StatusLineParser
{
    private const int StatusAt = VersionGrammar.Length + 1;
    private const int ReasonAt = StatusAt + 4;
    private const int LowestStatus = 100;

    /// <summary>Parses HTTP-version SP status-code SP [ reason-phrase ] CRLF (RFC 9112 section 4).</summary>
    /// <remarks>
    /// The space before an absent reason phrase may be missing: this is common, and the line has no other meaning.
    /// </remarks>
    /// <param name="bytes">Bytes that start with the version.</param>
    /// <param name="minor">The minor version, 0 or 1.</param>
    /// <param name="status">The status code, 100 to 999.</param>
    /// <param name="reasonPhrase">The reason phrase, which may be empty, as a range of <paramref name="bytes"/>.</param>
    /// <param name="length">Length of the line with its CRLF, in bytes.</param>
    /// <param name="reason">Why the line was refused, if the status is <see cref="ParseStatus.Rejected"/>.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> bytes,
        out int minor,
        out int status,
        out Range reasonPhrase,
        out int length,
        out ResponseRejection reason)
    {
        status = length = 0;
        reasonPhrase = default;
        var outcome = ParseVersion(bytes, out minor, out reason);
        if (outcome != ParseStatus.Done)
        {
            return outcome;
        }

        outcome = ParseStatusCode(bytes[StatusAt..], out status, out reason);
        return outcome == ParseStatus.Done ? ParseReason(bytes, out reasonPhrase, out length, out reason) : outcome;
    }

    private static ParseStatus ParseVersion(ReadOnlySpan<byte> bytes, out int minor, out ResponseRejection reason)
    {
        reason = ResponseRejection.None;
        var outcome = VersionGrammar.Parse(bytes, out var major, out minor);
        if (outcome == ParseStatus.NeedMore || (outcome == ParseStatus.Done && bytes.Length == VersionGrammar.Length))
        {
            return ParseStatus.NeedMore;
        }

        if (outcome == ParseStatus.Rejected || major != 1 || bytes[VersionGrammar.Length] != ' ')
        {
            reason = ResponseRejection.BadVersion;
            return ParseStatus.Rejected;
        }

        return ParseStatus.Done;
    }

    private static ParseStatus ParseStatusCode(ReadOnlySpan<byte> bytes, out int status, out ResponseRejection reason)
    {
        status = 0;
        reason = ResponseRejection.BadStatus;
        for (var at = 0; at < 3; at++)
        {
            if (at == bytes.Length)
            {
                reason = ResponseRejection.None;
                return ParseStatus.NeedMore;
            }

            var digit = bytes[at] - '0';
            if ((uint)digit > 9)
            {
                return ParseStatus.Rejected;
            }

            status = (status * 10) + digit;
        }

        if (status < LowestStatus)
        {
            return ParseStatus.Rejected;
        }

        reason = ResponseRejection.None;
        return ParseStatus.Done;
    }

    private static ParseStatus ParseReason(
        ReadOnlySpan<byte> bytes, out Range reasonPhrase, out int length, out ResponseRejection reason)
    {
        length = 0;
        reasonPhrase = default;
        reason = ResponseRejection.None;
        var rest = bytes[(ReasonAt - 1)..];
        if (!rest.IsEmpty && rest[0] is not ((byte)' ' or Grammar.Cr or Grammar.Lf))
        {
            reason = ResponseRejection.BadStatus;
            return ParseStatus.Rejected;
        }

        var end = rest.IndexOfAny(Grammar.ValueEnd);
        if (end < 0 || (rest[end] == Grammar.Cr && end + 1 == rest.Length))
        {
            return ParseStatus.NeedMore;
        }

        if (rest[end] != Grammar.Cr || rest[end + 1] != Grammar.Lf)
        {
            reason = rest[end] switch
            {
                Grammar.Cr => ResponseRejection.BareCr,
                Grammar.Lf => ResponseRejection.BareLf,
                _ => ResponseRejection.BadReason,
            };
            return ParseStatus.Rejected;
        }

        var reasonEnd = ReasonAt - 1 + end;
        reasonPhrase = Math.Min(ReasonAt, reasonEnd)..reasonEnd;
        length = reasonEnd + 2;
        return ParseStatus.Done;
    }
}
