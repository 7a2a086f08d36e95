using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Writes heads and chunk-size lines to a buffer writer. Call <see cref="Flush"/> once at the end.</summary>
/// <remarks>Names and values must be valid already; the writer checks them by assertions only.</remarks>
internal ref struct HeadWriter(IBufferWriter<byte> output)
{
    private const int UsualHeadBytes = 1024;
    private const int MaxPartBytes = 64 * 1024;
    private const int MaxDecimalBytes = 20;
    private const int MaxHexBytes = 16;

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _free = default;
    private int _used = 0;

    /// <summary>Writes an HTTP/1.1 request line (RFC 9112 section 3).</summary>
    public void RequestLine(scoped ReadOnlySpan<byte> method, scoped ReadOnlySpan<byte> target)
    {
        Write(method);
        Write(" "u8);
        Write(target);
        Write(" HTTP/1.1\r\n"u8);
    }

    /// <summary>
    /// Writes an HTTP/1.1 status line; a proxy sends its own version whatever the other side uses (RFC 9110 section
    /// 6.2).
    /// </summary>
    public void StatusLine(int statusCode, scoped ReadOnlySpan<byte> reasonPhrase)
    {
        Write("HTTP/1.1 "u8);
        Number(statusCode);
        Write(" "u8);
        Write(reasonPhrase);
        Write("\r\n"u8);
    }

    /// <summary>
    /// Copies the header lines that have none of the flags and none of the names. Adjacent lines are copied as one
    /// block.
    /// </summary>
    public void Fields(MessageHead head, HeaderFlags without, HeaderNameSet withoutNames = default)
    {
        var bytes = head.Bytes;
        var blockStart = 0;
        var blockEnd = 0;
        foreach (ref readonly var field in head.Fields)
        {
            if ((field.Flags & without) != HeaderFlags.None || withoutNames.Contains(field.Known))
            {
                continue;
            }

            if (field.LineStart != blockEnd)
            {
                Write(bytes[blockStart..blockEnd]);
                blockStart = field.LineStart;
            }

            blockEnd = field.LineEnd;
        }

        Write(bytes[blockStart..blockEnd]);
    }

    /// <summary>Writes one header line whose name is a known name.</summary>
    public void Field(HeaderName name, scoped ReadOnlySpan<byte> value) => Field(HeaderNames.Spelling(name), value);

    /// <summary>Writes one header line, with name, colon, space, value and CRLF.</summary>
    public void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        BeginField(name);
        Write(value);
        EndField();
    }

    /// <summary>Writes one header line whose value is a decimal number, such as Content-Length.</summary>
    public void Field(HeaderName name, long value)
    {
        BeginField(HeaderNames.Spelling(name));
        Number(value);
        EndField();
    }

    /// <summary>Starts a header line whose value is written by <see cref="Write"/> and <see cref="Number"/>.</summary>
    public void BeginField(scoped ReadOnlySpan<byte> name)
    {
        Debug.Assert(Grammar.IsToken(name), "A header name is a token.");
        Write(name);
        Write(": "u8);
    }

    /// <summary>Writes the CRLF that ends a header line.</summary>
    public void EndField() => Write("\r\n"u8);

    /// <summary>Writes the empty line that ends the head.</summary>
    public void End() => Write("\r\n"u8);

    /// <summary>
    /// Writes a chunk-size line without extensions; a size of 0 announces the last chunk (RFC 9112 section 7.1).
    /// </summary>
    public void ChunkSize(long size)
    {
        Ensure(MaxHexBytes);
        var fits = Utf8Formatter.TryFormat(size, _free[_used..], out var written, new StandardFormat('x'));
        Debug.Assert(fits, "Room was made for every number.");
        _used += written;
        Write("\r\n"u8);
    }

    /// <summary>Writes a number in decimal digits.</summary>
    public void Number(long value)
    {
        Ensure(MaxDecimalBytes);
        var fits = Utf8Formatter.TryFormat(value, _free[_used..], out var written);
        Debug.Assert(fits, "Room was made for every number.");
        _used += written;
    }

    /// <summary>Writes bytes to the output unchanged.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_free[_used..]);
        _used += bytes.Length;
    }

    /// <summary>
    /// Writes bytes to the output unchanged, in parts: as many as there is room for in the output's present block, and the
    /// rest in parts of the size of a block. Many bytes then waste no block and need none of a size of its own.
    /// </summary>
    public void WriteInParts(scoped ReadOnlySpan<byte> bytes)
    {
        var part = Math.Min(bytes.Length, _free.Length - _used);
        while (!bytes.IsEmpty)
        {
            Write(bytes[..part]);
            bytes = bytes[part..];
            part = Math.Min(bytes.Length, MaxPartBytes);
        }
    }

    /// <summary>Advances the output by the bytes written so far; the writer may be used afterwards.</summary>
    public void Flush()
    {
        _output.Advance(_used);
        _free = default;
        _used = 0;
    }

    private void Ensure(int bytes)
    {
        if (_free.Length - _used < bytes)
        {
            Flush();
            _free = _output.GetSpan(Math.Max(bytes, UsualHeadBytes));
        }
    }
}
