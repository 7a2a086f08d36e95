using System.Globalization;
using System.Text;

namespace WunderProxy.LoadClient;

/// <summary>Reads responses from a byte stream by RFC 9112, and accepts only complete ones.</summary>
public sealed class ResponseReader(Stream stream)
{
    /// <summary>Number of body bytes kept as text.</summary>
    public const int KeptBytes = 4096;

    private const int MaxLineBytes = 16 * 1024;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Reads one final response; interim ones (1xx) are skipped.</summary>
    /// <exception cref="RequestFailedException">The response is malformed or the stream ended inside it.</exception>
    public async ValueTask<Response> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (version, status) = ParseStatusLine(await ReadLineAsync(cancellationToken));
            var headers = await ReadHeadersAsync(cancellationToken);
            if (status is >= 200 or 101)
            {
                return await ReadBodyAsync(version, status, headers, cancellationToken);
            }
        }
    }

    private static (string Version, int Status) ParseStatusLine(string line)
    {
        if (line.Length >= 12 && line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line[8] == ' '
            && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return (line[..8], status);
        }

        throw Malformed($"status line '{line}'");
    }

    private async ValueTask<Dictionary<string, string>> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw Malformed($"header line '{line}'");
            }

            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier}, {value}" : value;
        }

        return headers;
    }

    private async ValueTask<Response> ReadBodyAsync(
        string version, int status, Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        using var body = new BodyDigest(headers.GetValueOrDefault("Content-Encoding"));
        var untilClose = false;
        if (status is 101 or 204 or 304)
        {
            // No content by definition (RFC 9112 section 6.3).
        }
        else if (headers.TryGetValue("Transfer-Encoding", out var coding))
        {
            await ReadChunksAsync(coding, body, cancellationToken);
        }
        else if (headers.TryGetValue("Content-Length", out var length))
        {
            await ReadExactlyAsync(ParseLength(length), body, cancellationToken);
        }
        else
        {
            untilClose = true;
            do
            {
                Take(_end - _start, body);
            }
            while (await FillAsync(cancellationToken));
        }

        var connection = headers.GetValueOrDefault("Connection", "");
        var closes = connection.Contains("close", StringComparison.OrdinalIgnoreCase)
            || (version == "HTTP/1.0" && !connection.Contains("keep-alive", StringComparison.OrdinalIgnoreCase));
        return body.ToResponse(status, headers, canReuse: !untilClose && !closes && status != 101);
    }

    private static long ParseLength(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw Malformed($"Content-Length '{text}'");

    private async ValueTask ReadChunksAsync(string coding, BodyDigest body, CancellationToken cancellationToken)
    {
        if (!coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            throw Malformed($"Transfer-Encoding '{coding}'");
        }

        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            var digits = line.Split(';')[0];
            if (!long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) || size < 0)
            {
                throw Malformed($"chunk size '{line}'");
            }

            if (size == 0)
            {
                await ReadHeadersAsync(cancellationToken);
                return;
            }

            await ReadExactlyAsync(size, body, cancellationToken);
            if (await ReadLineAsync(cancellationToken) is { Length: > 0 } extra)
            {
                throw Malformed($"'{extra}' after a chunk");
            }
        }
    }

    private async ValueTask ReadExactlyAsync(long count, BodyDigest body, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                throw new RequestFailedException(FailureKind.Reset, $"closed {count} bytes before the end of the body");
            }

            var available = (int)long.Min(count, _end - _start);
            Take(available, body);
            count -= available;
        }
    }

    private void Take(int count, BodyDigest body)
    {
        body.Append(_buffer.AsSpan(_start, count));
        _start += count;
    }

    private async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (length >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, length);
                _start += length + 2;
                return line;
            }

            if (_end - _start > MaxLineBytes)
            {
                throw Malformed("a line without an end");
            }

            if (!await FillAsync(cancellationToken))
            {
                throw new RequestFailedException(FailureKind.Reset, "closed before the response was complete");
            }
        }
    }

    /// <summary>Reads more bytes after the buffered ones; returns false at the end of the stream.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    private static RequestFailedException Malformed(string what) => new(FailureKind.Body, $"malformed response: {what}");
}
