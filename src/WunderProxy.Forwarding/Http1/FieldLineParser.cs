namespace WunderProxy.Forwarding.Http1;

/// <summary>Parses single field lines of header and trailer sections.</summary>
internal static class FieldLineParser
{
    /// <summary>Parses field-name ":" OWS field-value OWS CRLF (RFC 9112 section 5).</summary>
    /// <param name="bytes">A buffer that holds the line; offsets in <paramref name="field"/> count from its start.</param>
    /// <param name="start">Offset of the line in <paramref name="bytes"/>.</param>
    /// <param name="field">Position of the line and its parts, with the flags that follow from the name alone.</param>
    /// <param name="fault">What was wrong, if the status is <see cref="ParseStatus.Rejected"/>.</param>
    public static ParseStatus Parse(ReadOnlySpan<byte> bytes, int start, out HeaderField field, out FieldFault fault)
    {
        field = default;
        fault = FieldFault.None;
        var line = bytes[start..];
        var nameLength = line.IndexOfAnyExcept(Grammar.Token);
        if (nameLength < 0)
        {
            return ParseStatus.NeedMore;
        }

        if (nameLength == 0 || line[nameLength] != ':')
        {
            fault = NameFault(line[nameLength], nameLength);
            return ParseStatus.Rejected;
        }

        var valueStart = nameLength + 1;
        var status = FindValueEnd(line[valueStart..], out var valueLength, out fault);
        if (status == ParseStatus.Done)
        {
            field = Describe(line, start, nameLength, valueStart + valueLength);
        }

        return status;
    }

    private static FieldFault NameFault(byte stop, int nameLength) => stop switch
    {
        Grammar.Lf => FieldFault.BareLf,
        (byte)' ' or (byte)'\t' => nameLength == 0 ? FieldFault.ObsFold : FieldFault.SpaceBeforeColon,
        _ => FieldFault.BadName,
    };

    private static ParseStatus FindValueEnd(ReadOnlySpan<byte> value, out int length, out FieldFault fault)
    {
        fault = FieldFault.None;
        length = value.IndexOfAny(Grammar.ValueEnd);
        if (length < 0 || (value[length] == Grammar.Cr && length + 1 == value.Length))
        {
            return ParseStatus.NeedMore;
        }

        if (value[length] == Grammar.Cr && value[length + 1] == Grammar.Lf)
        {
            return ParseStatus.Done;
        }

        fault = value[length] switch
        {
            Grammar.Cr => FieldFault.BareCr,
            Grammar.Lf => FieldFault.BareLf,
            _ => FieldFault.BadValue,
        };
        return ParseStatus.Rejected;
    }

    private static HeaderField Describe(ReadOnlySpan<byte> line, int start, int nameLength, int lineEnd)
    {
        var valueStart = nameLength + 1;
        var valueEnd = lineEnd;
        while (valueStart < valueEnd && Grammar.IsBlank(line[valueStart]))
        {
            valueStart++;
        }

        while (valueEnd > valueStart && Grammar.IsBlank(line[valueEnd - 1]))
        {
            valueEnd--;
        }

        var name = line[..nameLength];
        var known = HeaderNames.Find(name);
        var flags = known == HeaderName.Unknown ? HeaderNames.ConfusableFlag(name) : HeaderNames.FlagsOf(known);
        return new HeaderField(
            start, nameLength, start + valueStart, valueEnd - valueStart, start + lineEnd + 2, known, flags);
    }
}
