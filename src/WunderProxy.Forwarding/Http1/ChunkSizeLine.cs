namespace WunderProxy.Forwarding.Http1;

/// <summary>Reads chunk-size lines: 1*HEXDIG [ chunk-ext ] CRLF (RFC 9112 section 7.1).</summary>
internal static class ChunkSizeLine
{
    /// <summary>Parses one chunk-size line.</summary>
    /// <param name="input">Bytes that start with the chunk size.</param>
    /// <param name="size">Bytes of chunk data that follow; 0 announces the last chunk.</param>
    /// <param name="extensionBytes">Bytes between the size and CRLF; 0 without extensions.</param>
    /// <param name="length">Length of the line with its CRLF, in bytes.</param>
    /// <param name="rejection">Why the line was refused, if the status is <see cref="ParseStatus.Rejected"/>.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input, out long size, out int extensionBytes, out int length, out ChunkRejection rejection)
    {
        extensionBytes = length = 0;
        var status = ParseSize(input, out size, out var digits, out rejection);
        if (status != ParseStatus.Done)
        {
            return status;
        }

        if (input[digits..].StartsWith("\r\n"u8))
        {
            length = digits + 2;
            return ParseStatus.Done;
        }

        status = ChunkExtensions.Parse(input[digits..], out extensionBytes, out rejection);
        length = digits + extensionBytes + 2;
        return status;
    }

    private static ParseStatus ParseSize(
        ReadOnlySpan<byte> input, out long size, out int digits, out ChunkRejection rejection)
    {
        size = 0;
        rejection = ChunkRejection.None;
        for (digits = 0; digits < input.Length; digits++)
        {
            var value = Grammar.HexValue(input[digits]);
            if (value < 0)
            {
                rejection = CheckStop(input[digits], digits);
                return rejection == ChunkRejection.None ? ParseStatus.Done : ParseStatus.Rejected;
            }

            if (digits == ChunkedDecoder.MaxSizeDigits || size > long.MaxValue >> 4)
            {
                rejection = ChunkRejection.SizeOverflow;
                return ParseStatus.Rejected;
            }

            size = (size << 4) | (uint)value;
        }

        return ParseStatus.NeedMore;
    }

    private static ChunkRejection CheckStop(byte stop, int digits) => stop switch
    {
        _ when digits == 0 => ChunkRejection.BadSize,
        Grammar.Cr or (byte)';' or (byte)' ' or (byte)'\t' => ChunkRejection.None,
        Grammar.Lf => ChunkRejection.BareLineEnd,
        _ => ChunkRejection.BadSize,
    };
}
