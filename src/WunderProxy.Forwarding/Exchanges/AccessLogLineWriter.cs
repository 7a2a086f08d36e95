using System.Net;
using System.Text.Unicode;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Writes keys and values into a span of fixed size. Everything that a client sent is escaped, so that it can neither
/// end a line nor look like another key: in text as <c>\xNN</c>, in JSON as <c>\u00NN</c>.
/// </summary>
internal ref struct AccessLogLineWriter(Span<byte> destination, bool isJson)
{
    // Three such values, with each byte escaped to six, fit into a batch.
    private const int MaxValueBytes = 2048;

    private readonly Span<byte> _destination = destination;
    private int _used;
    private bool _isFull;
    private bool _hasValue;

    public void Begin()
    {
        if (isJson)
        {
            Raw("{"u8);
        }
    }

    /// <summary>Ends the line.</summary>
    /// <returns>Whether the whole line had room.</returns>
    public bool TryEnd(out int length)
    {
        Raw(isJson ? "}\n"u8 : "\n"u8);
        length = _isFull ? 0 : _used;
        return !_isFull;
    }

    /// <summary>Writes a value that a client sent, cut at 2 KiB.</summary>
    public void Text(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Key(key);
        Quote();
        if (value.IsEmpty && !isJson)
        {
            Raw("-"u8);
        }

        foreach (var octet in value[..Math.Min(value.Length, MaxValueBytes)])
        {
            Octet(octet);
        }

        Quote();
    }

    public void Number(ReadOnlySpan<byte> key, long value)
    {
        Key(key);
        Format(value, default);
    }

    public void Seconds(ReadOnlySpan<byte> key, long microseconds)
    {
        Key(key);
        Format(microseconds / 1e6m, "0.000000");
    }

    public void Value(ReadOnlySpan<byte> key, DateTimeOffset time)
    {
        Key(key);
        Quote();
        Format(time, "yyyy-MM-ddTHH:mm:ss.fffZ");
        Quote();
    }

    public void Value(ReadOnlySpan<byte> key, IPAddress? address)
    {
        Key(key);
        Quote();
        if (address is null)
        {
            Raw("unix"u8);
        }
        else
        {
            Format(address, default);
        }

        Quote();
    }

    /// <summary>Writes a name from this program, which needs no escapes.</summary>
    public void Name(ReadOnlySpan<byte> key, string name)
    {
        Key(key);
        Quote();
        _isFull |= !Utf8.TryWrite(_destination[_used..], $"{name}", out var written);
        _used += written;
        Quote();
    }

    private void Key(scoped ReadOnlySpan<byte> key)
    {
        if (_hasValue)
        {
            Raw(isJson ? ","u8 : " "u8);
        }

        _hasValue = true;
        Quote();
        Raw(key);
        Quote();
        Raw(isJson ? ":"u8 : "="u8);
    }

    private void Quote()
    {
        if (isJson)
        {
            Raw("\""u8);
        }
    }

    private void Octet(byte octet)
    {
        if (octet is > 0x20 and < 0x7f and not (byte)'"' and not (byte)'\\')
        {
            Raw([octet]);
            return;
        }

        Raw(isJson ? "\\u00"u8 : "\\x"u8);
        Raw(["0123456789abcdef"u8[octet >> 4], "0123456789abcdef"u8[octet & 15]]);
    }

    private void Format<T>(T value, ReadOnlySpan<char> format)
        where T : IUtf8SpanFormattable
    {
        if (_isFull || !value.TryFormat(_destination[_used..], out var written, format, null))
        {
            _isFull = true;
            return;
        }

        _used += written;
    }

    private void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        if (_isFull || !bytes.TryCopyTo(_destination[_used..]))
        {
            _isFull = true;
            return;
        }

        _used += bytes.Length;
    }
}
