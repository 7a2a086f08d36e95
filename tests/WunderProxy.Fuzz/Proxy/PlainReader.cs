using System.Globalization;

namespace WunderProxy.Fuzz.Proxy;

/// <summary>
/// Reads messages by the letter of RFC 9112, slowly and plainly: it shares no code and no idea with the proxy's parser,
/// and repairs nothing.
/// </summary>
internal static class PlainReader
{
    private const string TokenLetters = "!#$%&'*+-.^_`|~";

    /// <summary>Whether a text is a token (RFC 9110 section 5.6.2).</summary>
    public static bool IsToken(string text) =>
        text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || TokenLetters.Contains(letter));

    /// <summary>Whether a text is a field value: no control but HTAB.</summary>
    public static bool IsFieldValue(string text) =>
        text.All(letter => letter == '\t' || (letter >= ' ' && letter != '\x7f'));

    /// <summary>Whether a text is 1*DIGIT of a number below 2^63.</summary>
    public static bool IsNumber(string text) =>
        text.Length > 0 && text.All(char.IsAsciiDigit)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>Reads start line and header lines up to the empty line.</summary>
    public static PlainMessage ReadHead(string text, int start)
    {
        var message = new PlainMessage { End = start };
        while (NextLine(message, text) is { } line)
        {
            if (message.Start.Length == 0)
            {
                message.Start = line.Split(' ', 3);
                if (message.Start.Length < 3)
                {
                    return message.Refuse("start line without three parts");
                }
            }
            else if (line.Length == 0)
            {
                message.HasHead = true;
                message.State = ReadState.Complete;
                return message;
            }
            else if (!TryAddField(message.Fields, line))
            {
                return message.Refuse("bad header line");
            }
        }

        return message;
    }

    /// <summary>Reads the body of a message whose head and framing are known.</summary>
    public static void ReadBody(PlainMessage message, string text, bool allowsExtensions)
    {
        switch (message.BodyEnd)
        {
            case BodyEnd.NoBody:
                message.State = ReadState.Complete;
                break;
            case BodyEnd.Length:
                var length = (int)Math.Min(message.Length, text.Length - message.End);
                message.Body = text.Substring(message.End, length);
                message.End += length;
                message.State = length == message.Length ? ReadState.Complete : ReadState.Partial;
                break;
            case BodyEnd.Chunked:
                ReadChunks(message, text, allowsExtensions);
                break;
            default:
                message.Body = text[message.End..];
                message.End = text.Length;
                message.State = ReadState.Partial;
                break;
        }
    }

    private static void ReadChunks(PlainMessage message, string text, bool allowsExtensions)
    {
        message.State = ReadState.Partial;
        while (NextLine(message, text) is { } line)
        {
            var digits = line.TakeWhile(char.IsAsciiHexDigit).Count();
            var isSize = digits is > 0 and <= 16
                && long.TryParse(line[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out var size) && size >= 0
                ? size : -1;
            var rest = line[digits..].TrimStart(' ', '\t');
            if (isSize < 0 || !(line.Length == digits
                || (allowsExtensions && rest.StartsWith(';') && IsFieldValue(rest))))
            {
                message.Refuse("bad chunk size");
                return;
            }

            if (isSize == 0)
            {
                ReadTrailers(message, text);
                return;
            }

            var length = (int)Math.Min(isSize, text.Length - message.End);
            message.Body += text.Substring(message.End, length);
            message.End += length;
            if (length < isSize || text.Length - message.End < 2)
            {
                return;
            }

            if (text[message.End] != '\r' || text[message.End + 1] != '\n')
            {
                message.Refuse("no line end behind a chunk");
                return;
            }

            message.End += 2;
        }
    }

    private static void ReadTrailers(PlainMessage message, string text)
    {
        var trailers = new List<(string Name, string Value)>();
        while (NextLine(message, text) is { } line)
        {
            if (line.Length == 0)
            {
                message.State = ReadState.Complete;
                return;
            }

            if (!TryAddField(trailers, line))
            {
                message.Refuse("bad trailer");
                return;
            }
        }
    }

    private static bool TryAddField(List<(string Name, string Value)> fields, string line)
    {
        var colon = line.IndexOf(':');
        if (colon < 0 || !IsToken(line[..colon]) || !IsFieldValue(line[(colon + 1)..]))
        {
            return false;
        }

        fields.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        return true;
    }

    // A line ends with CR LF, and neither of them is anywhere else.
    private static string? NextLine(PlainMessage message, string text)
    {
        var end = text.AsSpan(message.End).IndexOfAny('\r', '\n');
        if (message.State == ReadState.Invalid || end < 0)
        {
            return null;
        }

        end += message.End;
        if (text[end] == '\n' || (end + 1 < text.Length && text[end + 1] != '\n'))
        {
            message.Refuse("bare CR or LF");
            return null;
        }

        if (end + 1 == text.Length)
        {
            return null;
        }

        var line = text[message.End..end];
        message.End = end + 2;
        return line;
    }
}
