namespace WunderProxy.Forwarding.Http1;

/// <summary>
/// Checks chunk extensions (RFC 9112 section 7.1.1). Their meaning is ignored and they are not forwarded, but they are
/// parsed strictly: a recipient that is lax here finds another end of the line than we do (CVE-2025-55315).
/// </summary>
internal static class ChunkExtensions
{
    /// <summary>Largest length of all extensions on one chunk-size line, in bytes.</summary>
    public const int MaxBytes = 256;

    /// <summary>Parses *( BWS ";" BWS name [ BWS "=" BWS value ] ) CRLF.</summary>
    /// <param name="input">Bytes that follow the chunk size.</param>
    /// <param name="length">Length of the extensions in bytes, without CRLF.</param>
    /// <param name="rejection">
    /// Why the extensions were refused, if the status is <see cref="ParseStatus.Rejected"/>.
    /// </param>
    public static ParseStatus Parse(ReadOnlySpan<byte> input, out int length, out ChunkRejection rejection)
    {
        var window = input[..Math.Min(input.Length, MaxBytes + 2)];
        var status = ParseAll(window, out length, out rejection);
        if (status == ParseStatus.NeedMore && window.Length < input.Length)
        {
            rejection = ChunkRejection.ExtensionsTooLong;
            return ParseStatus.Rejected;
        }

        return status;
    }

    private static ParseStatus ParseAll(ReadOnlySpan<byte> input, out int length, out ChunkRejection rejection)
    {
        length = 0;
        rejection = ChunkRejection.None;
        while (length < input.Length)
        {
            if (input[length] == Grammar.Cr)
            {
                return ParseLineEnd(input[length..], out rejection);
            }

            var status = ParseExtension(input, ref length, out rejection);
            if (status != ParseStatus.Done)
            {
                return status;
            }
        }

        return ParseStatus.NeedMore;
    }

    private static ParseStatus ParseLineEnd(ReadOnlySpan<byte> end, out ChunkRejection rejection)
    {
        rejection = ChunkRejection.None;
        if (end.Length == 1)
        {
            return ParseStatus.NeedMore;
        }

        rejection = end[1] == Grammar.Lf ? ChunkRejection.None : ChunkRejection.BareLineEnd;
        return rejection == ChunkRejection.None ? ParseStatus.Done : ParseStatus.Rejected;
    }

    private static ParseStatus ParseExtension(ReadOnlySpan<byte> input, ref int at, out ChunkRejection rejection)
    {
        var status = Expect(input, ref at, (byte)';', out rejection);
        if (status == ParseStatus.Done)
        {
            status = ParseToken(input, ref at, out rejection);
        }

        if (status != ParseStatus.Done)
        {
            return status;
        }

        // White space after the name belongs to "=" or to the next ";", never to the line end.
        var next = SkipBlanks(input, at);
        if (next == input.Length)
        {
            return ParseStatus.NeedMore;
        }

        if (input[next] != '=')
        {
            return ParseStatus.Done;
        }

        at = SkipBlanks(input, next + 1);
        return ParseValue(input, ref at, out rejection);
    }

    private static ParseStatus ParseValue(ReadOnlySpan<byte> input, ref int at, out ChunkRejection rejection)
    {
        if (at < input.Length && input[at] == '"')
        {
            at++;
            return ParseQuoted(input, ref at, out rejection);
        }

        return ParseToken(input, ref at, out rejection);
    }

    private static ParseStatus Expect(ReadOnlySpan<byte> input, ref int at, byte wanted, out ChunkRejection rejection)
    {
        rejection = ChunkRejection.None;
        at = SkipBlanks(input, at);
        if (at == input.Length)
        {
            return ParseStatus.NeedMore;
        }

        if (input[at] != wanted)
        {
            return Refuse(input[at], out rejection);
        }

        at = SkipBlanks(input, at + 1);
        return ParseStatus.Done;
    }

    private static ParseStatus ParseToken(ReadOnlySpan<byte> input, ref int at, out ChunkRejection rejection)
    {
        rejection = ChunkRejection.None;
        var length = input[at..].IndexOfAnyExcept(Grammar.Token);
        if (length < 0)
        {
            return ParseStatus.NeedMore;
        }

        if (length == 0)
        {
            return Refuse(input[at], out rejection);
        }

        at += length;
        return ParseStatus.Done;
    }

    // Parses a quoted-string after its opening quote (RFC 9110 section 5.6.4).
    private static ParseStatus ParseQuoted(ReadOnlySpan<byte> input, ref int at, out ChunkRejection rejection)
    {
        rejection = ChunkRejection.None;
        var isEscaped = false;
        for (; at < input.Length; at++)
        {
            var value = input[at];
            if ((value < ' ' && value != '\t') || value == 0x7F)
            {
                return Refuse(value, out rejection);
            }

            if (value == '"' && !isEscaped)
            {
                at++;
                return ParseStatus.Done;
            }

            isEscaped = value == '\\' && !isEscaped;
        }

        return ParseStatus.NeedMore;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> input, int at)
    {
        while (at < input.Length && Grammar.IsBlank(input[at]))
        {
            at++;
        }

        return at;
    }

    private static ParseStatus Refuse(byte value, out ChunkRejection rejection)
    {
        rejection = value == Grammar.Lf ? ChunkRejection.BareLineEnd : ChunkRejection.BadExtension;
        return ParseStatus.Rejected;
    }
}
