using System.Globalization;
using System.Text;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>
/// Reads messages from what was received, by the letter of RFC 9112 and without any lenience. It shares nothing with
/// the program under test, and is slow: it starts anew whenever more has come.
/// </summary>
/// <param name="bytes">All that came.</param>
internal sealed class WireReader(byte[] bytes)
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    /// <summary>Where the next message begins.</summary>
    public int Position { get; private set; }

    /// <summary>Whether bytes are left.</summary>
    public bool HasMore => Position < bytes.Length;

    /// <summary>Reads a request; an incomplete one when bytes are missing, null when its head is not there.</summary>
    /// <exception cref="FormatException">No server may be sent this.</exception>
    public WireMessage? ReadRequest()
    {
        var start = Position;
        if (ReadHead() is not { } head)
        {
            return null;
        }

        var isChunked = head.Has("Transfer-Encoding");
        var isPlain = head.ValueOf("Transfer-Encoding").Equals("chunked", StringComparison.OrdinalIgnoreCase);
        if (isChunked && (head.Has("Content-Length") || !isPlain))
        {
            throw new FormatException($"framing in two ways: {head.StartLine}");
        }

        var hasLength = head.Has("Content-Length");
        var message = isChunked ? WithChunks(head) : hasLength ? WithLength(head) : head with { IsComplete = true };
        Position = message.IsComplete ? Position : start;
        return message;
    }

    /// <summary>Reads a response to a request of a method; the connection has ended behind what is there.</summary>
    /// <exception cref="FormatException">No client may be sent this.</exception>
    public WireMessage? ReadResponse(string? method, bool isEndInOrder)
    {
        if (ReadHead() is not { } head)
        {
            return null;
        }

        if (method == "HEAD" || head.Status is (>= 100 and < 200) or 204 or 304)
        {
            return head with { IsComplete = true };
        }

        if (head.Has("Transfer-Encoding"))
        {
            return WithChunks(head);
        }

        if (head.Has("Content-Length"))
        {
            return WithLength(head);
        }

        var body = bytes[Position..];
        Position = bytes.Length;
        return head with { Body = body, Framing = WireFraming.UntilClose, IsComplete = isEndInOrder };
    }

    private WireMessage? ReadHead()
    {
        var length = bytes.AsSpan(Position).IndexOf(HeadEnd);
        if (length < 0)
        {
            return null;
        }

        var lines = Encoding.Latin1.GetString(bytes, Position, length).Split("\r\n");
        Position += length + HeadEnd.Length;
        return new WireMessage { StartLine = lines[0], Fields = [.. lines.Skip(1).Select(ReadField)] };
    }

    private static (string Name, string Value) ReadField(string line)
    {
        var colon = line.IndexOf(':');
        if (colon <= 0 || line.AsSpan().IndexOfAny("\r\n\0") >= 0 || line.AsSpan(0, colon).IndexOfAny(" \t") >= 0)
        {
            throw new FormatException($"no field line: {line}");
        }

        return (line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
    }

    private WireMessage WithLength(WireMessage head)
    {
        var value = head.ValueOf("Content-Length");
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw new FormatException($"no length: {value}");
        }

        var there = int.Min(length, bytes.Length - Position);
        var body = bytes[Position..(Position + there)];
        Position += there;
        return head with { Body = body, Framing = WireFraming.Length, IsComplete = there == length };
    }

    private WireMessage WithChunks(WireMessage head)
    {
        var body = new List<byte>();
        while (ReadLine() is { } line)
        {
            var size = int.Parse(line.Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return head with { Body = [.. body], Framing = WireFraming.Chunked, IsComplete = SkipTrailers() };
            }

            var there = int.Min(size, bytes.Length - Position);
            body.AddRange(bytes.AsSpan(Position, there));
            Position += there;
            if (there == size && ReadLine() is { Length: > 0 })
            {
                throw new FormatException("a chunk is longer than its size");
            }
        }

        return head with { Body = [.. body], Framing = WireFraming.Chunked, IsComplete = false };
    }

    private bool SkipTrailers()
    {
        while (ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                return true;
            }

            ReadField(line);
        }

        return false;
    }

    private string? ReadLine()
    {
        var length = bytes.AsSpan(Position).IndexOf("\r\n"u8);
        if (length < 0)
        {
            Position = bytes.Length;
            return null;
        }

        var line = Encoding.Latin1.GetString(bytes, Position, length);
        Position += length + 2;
        return line;
    }
}
