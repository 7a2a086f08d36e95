namespace WunderProxy.Forwarding.Http1;

/// <summary>Parses "HTTP/" DIGIT "." DIGIT (RFC 9112 section 2.3) byte by byte.</summary>
internal static class VersionGrammar
{
    /// <summary>Length of a version in bytes.</summary>
    public const int Length = 8;

    private const int MajorAt = 5;
    private const int MinorAt = 7;

    /// <summary>Parses the version at the end of a request line, with its CRLF.</summary>
    public static ParseStatus ParseRequest(ReadOnlySpan<byte> bytes, out int minor, out RequestRejection reason)
    {
        reason = RequestRejection.None;
        if (bytes.StartsWith("HTTP/1.1\r\n"u8))
        {
            minor = 1;
            return ParseStatus.Done;
        }

        var status = Parse(bytes, out var major, out minor);
        if (status != ParseStatus.Done)
        {
            reason = status == ParseStatus.Rejected ? RequestRejection.BadVersion : RequestRejection.None;
            return status;
        }

        return ParseLineEnd(bytes[Length..], major, out reason);
    }

    /// <summary>Parses a version without a line end.</summary>
    /// <param name="bytes">Bytes that start with the version.</param>
    /// <param name="major">The major version, the first digit.</param>
    /// <param name="minor">The minor version, 0 or 1; a higher one counts as 1 (RFC 9110 section 2.5).</param>
    public static ParseStatus Parse(ReadOnlySpan<byte> bytes, out int major, out int minor)
    {
        major = minor = 0;
        var pattern = "HTTP/0.0"u8;
        var available = Math.Min(bytes.Length, Length);
        for (var at = 0; at < available; at++)
        {
            var fits = at is MajorAt or MinorAt ? char.IsAsciiDigit((char)bytes[at]) : bytes[at] == pattern[at];
            if (!fits)
            {
                return ParseStatus.Rejected;
            }
        }

        if (available < Length)
        {
            return ParseStatus.NeedMore;
        }

        major = bytes[MajorAt] - '0';
        minor = Math.Min(bytes[MinorAt] - '0', 1);
        return ParseStatus.Done;
    }

    private static ParseStatus ParseLineEnd(ReadOnlySpan<byte> end, int major, out RequestRejection reason)
    {
        reason = RequestRejection.None;
        if (end.IsEmpty)
        {
            return ParseStatus.NeedMore;
        }

        if (end[0] != Grammar.Cr)
        {
            reason = end[0] == Grammar.Lf ? RequestRejection.BareLf : RequestRejection.BadVersion;
            return ParseStatus.Rejected;
        }

        if (end.Length == 1)
        {
            return ParseStatus.NeedMore;
        }

        reason = end[1] != Grammar.Lf ? RequestRejection.BareCr
            : major != 1 ? RequestRejection.UnsupportedVersion
            : RequestRejection.None;
        return reason == RequestRejection.None ? ParseStatus.Done : ParseStatus.Rejected;
    }
}
