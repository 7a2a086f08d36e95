using System.Globalization;
using System.Text.RegularExpressions;

namespace WunderProxy.Forwarding.Tests.Http1.Fuzzing;

/// <summary>
/// The grammar once more, written as plainly as possible and sharing no code with the parser: slow, and easy to compare
/// with the RFC.
/// </summary>
internal static partial class PlainGrammar
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int MatchTimeoutMilliseconds = 5000;

    /// <summary>Whether the text is one request head whose lines are all well-formed (not its target, not its host).</summary>
    public static bool IsRequestHead(string text) => IsHead(text, RequestLine());

    /// <summary>Whether the text is one response head whose lines are all well-formed.</summary>
    public static bool IsResponseHead(string text) => IsHead(text, StatusLine());

    /// <summary>Values of the lines with this name, in order, without blanks around them.</summary>
    public static string[] Values(string head, string name) =>
    [
        .. head.Split("\r\n").Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim(' ', '\t')),
    ];

    /// <summary>The content of a chunked body without extensions; null unless the text is exactly one such body.</summary>
    public static string? DecodeChunked(string text)
    {
        var payload = "";
        while (true)
        {
            var lineEnd = text.IndexOf("\r\n", StringComparison.Ordinal);
            if (lineEnd < 0 || !ChunkSize().IsMatch(text[..lineEnd]))
            {
                return null;
            }

            var size = long.Parse(text[..lineEnd], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            text = text[(lineEnd + 2)..];
            if (size == 0)
            {
                return Trailers().IsMatch(text) ? payload : null;
            }

            if (size + 2 > text.Length || text[(int)size] != '\r' || text[(int)size + 1] != '\n')
            {
                return null;
            }

            payload += text[..(int)size];
            text = text[((int)size + 2)..];
        }
    }

    private static bool IsHead(string text, Regex startLine)
    {
        var lines = text.Split("\r\n");
        return lines.Length >= 3 && lines[^1].Length == 0 && lines[^2].Length == 0 && startLine.IsMatch(lines[0])
            && lines[1..^2].All(line => FieldLine().IsMatch(line));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+ [!-~]+ HTTP/[0-9]\.[0-9]\z", Options, MatchTimeoutMilliseconds)]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"\AHTTP/1\.[0-9] [1-9][0-9][0-9]( [\t -~\x80-\xff]*)?\z", Options, MatchTimeoutMilliseconds)]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+:[\t -~\x80-\xff]*\z", Options, MatchTimeoutMilliseconds)]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{1,16}\z", Options, MatchTimeoutMilliseconds)]
    private static partial Regex ChunkSize();

    [GeneratedRegex(@"\A([A-Za-z0-9!#$%&'*+.^_`|~-]+:[\t -~\x80-\xff]*\r\n)*\r\n\z", Options, MatchTimeoutMilliseconds)]
    private static partial Regex Trailers();
}
