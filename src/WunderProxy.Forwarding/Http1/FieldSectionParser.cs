namespace WunderProxy.Forwarding.Http1;

/// <summary>Parses the header lines of a head and enforces their limits.</summary>
internal static class FieldSectionParser
{
    /// <summary>Parses *( field-line CRLF ) CRLF (RFC 9112 section 2.1) and adds the lines to the head.</summary>
    /// <param name="bytes">The head from its start line on.</param>
    /// <param name="start">Offset of the byte after the start line.</param>
    /// <param name="maxBytes">
    /// Largest total length of the lines in bytes, with their CRLF and without the empty line.
    /// </param>
    /// <param name="maxCount">Largest number of header lines.</param>
    /// <param name="head">
    /// The head that receives the lines, also those of a section that turns out incomplete or wrong.
    /// </param>
    /// <param name="end">Offset of the byte after the empty line.</param>
    /// <param name="fault">What was wrong, if the status is <see cref="ParseStatus.Rejected"/>.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> bytes,
        int start,
        int maxBytes,
        int maxCount,
        MessageHead head,
        out int end,
        out FieldFault fault)
    {
        // Bytes beyond the limit are never examined, so the outcome does not depend on how much has arrived.
        var windowEnd = (int)Math.Min(bytes.Length, (long)start + maxBytes + 2);
        var window = bytes[..windowEnd];
        var status = ParseLines(window, start, maxCount, head, out end, out fault);
        if (status == ParseStatus.NeedMore && windowEnd < bytes.Length)
        {
            fault = FieldFault.TooLarge;
            return ParseStatus.Rejected;
        }

        return status;
    }

    private static ParseStatus ParseLines(
        ReadOnlySpan<byte> bytes, int start, int maxCount, MessageHead head, out int end, out FieldFault fault)
    {
        fault = FieldFault.None;
        end = start;
        while (end < bytes.Length && bytes[end] != Grammar.Cr)
        {
            var status = FieldLineParser.Parse(bytes, end, out var field, out fault);
            if (status != ParseStatus.Done)
            {
                return status;
            }

            if (head.Fields.Length == maxCount)
            {
                fault = FieldFault.TooMany;
                return ParseStatus.Rejected;
            }

            head.Add(in field);
            end = field.LineEnd;
        }

        return ParseEmptyLine(bytes, ref end, ref fault);
    }

    private static ParseStatus ParseEmptyLine(ReadOnlySpan<byte> bytes, ref int end, ref FieldFault fault)
    {
        if (end + 1 >= bytes.Length)
        {
            return ParseStatus.NeedMore;
        }

        if (bytes[end + 1] != Grammar.Lf)
        {
            fault = FieldFault.BareCr;
            return ParseStatus.Rejected;
        }

        end += 2;
        return ParseStatus.Done;
    }
}
