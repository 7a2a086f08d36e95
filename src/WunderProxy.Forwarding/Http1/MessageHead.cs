using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>The parts that heads of requests and responses share: bytes, header lines and connection options.</summary>
/// <remarks>
/// <see cref="HeadParser"/> fills a head, which is reused for message after message. The head owns a copy of its bytes,
/// so the reader may advance at once. The memory kept between messages is small and belongs to the few heads that a
/// loop reuses; an idle connection has no head.
/// </remarks>
internal abstract class MessageHead
{
    private const int UsualFieldCount = 16;
    private const int MaxKeptFieldCount = 64;

    // Holds most heads, cookies included. The shared pool keeps some dozens of arrays of each size for all threads;
    // with a hundred heads in use at a time, every further array would be allocated anew.
    private const int MaxKeptBytes = 4 * 1024;

    private HeaderField[] _fields = new HeaderField[UsualFieldCount];
    private byte[] _buffer = [];
    private int _length;
    private int _count;
    private ulong _present;

    /// <summary>
    /// The head as received: start line, header lines, empty line; then the lines that were appended to a response.
    /// Offsets in fields count from its start.
    /// </summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>The header lines in the order of the message.</summary>
    public ReadOnlySpan<HeaderField> Fields => _fields.AsSpan(0, _count);

    /// <summary>The minor version, 0 or 1; a higher one counts as 1 (RFC 9110 section 2.5).</summary>
    public int MinorVersion { get; private set; }

    /// <summary>The options in Connection that are not header names.</summary>
    public ConnectionOptions ConnectionOptions { get; private set; }

    /// <summary>
    /// Whether the sender keeps the connection open after this message, by version and Connection (RFC 9112 section
    /// 9.3).
    /// </summary>
    public bool KeepAlive => (ConnectionOptions & ConnectionOptions.Close) == ConnectionOptions.None
        && (MinorVersion >= 1 || (ConnectionOptions & ConnectionOptions.KeepAlive) != ConnectionOptions.None);

    /// <summary>
    /// Whether the message offers, or accepts, to leave HTTP: HTTP/1.1, "Connection: upgrade" and one well-formed
    /// Upgrade line (RFC 9110 section 7.8). False for <see cref="IsH2c"/>, which is never forwarded.
    /// </summary>
    public bool WantsUpgrade { get; private set; }

    /// <summary>Whether Upgrade names h2c, alone or among others, or one of the HTTP/2 drafts.</summary>
    public bool IsH2c { get; private set; }

    /// <summary>The value of the first Upgrade line; empty without such a line.</summary>
    public ReadOnlySpan<byte> Upgrade => ValueOf(HeaderName.Upgrade);

    /// <summary>Whether the head has a header line of this name.</summary>
    public bool Has(HeaderName name) => (_present & (1UL << (int)name)) != 0;

    /// <summary>
    /// Returns the position in <see cref="Fields"/> of the next line of this name from <paramref name="start"/> on, or
    /// -1.
    /// </summary>
    public int IndexOf(HeaderName name, int start = 0)
    {
        if (!Has(name))
        {
            return -1;
        }

        for (var index = start; index < _count; index++)
        {
            if (_fields[index].Known == name)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Returns the number of header lines of this name.</summary>
    public int Count(HeaderName name)
    {
        var count = 0;
        for (var index = IndexOf(name); index >= 0; index = IndexOf(name, index + 1))
        {
            count++;
        }

        return count;
    }

    /// <summary>Returns the name of the field, spelled as received.</summary>
    public ReadOnlySpan<byte> NameOf(in HeaderField field) => _buffer.AsSpan(field.LineStart, field.NameLength);

    /// <summary>Returns the value of the field without surrounding blanks.</summary>
    public ReadOnlySpan<byte> ValueOf(in HeaderField field) => _buffer.AsSpan(field.ValueStart, field.ValueLength);

    /// <summary>
    /// Returns the value of the first line of this name, or an empty one if there is none (see <see cref="Has"/>).
    /// </summary>
    public ReadOnlySpan<byte> ValueOf(HeaderName name)
    {
        var index = IndexOf(name);
        return index < 0 ? default : ValueOf(in _fields[index]);
    }

    /// <summary>Whether a line of this name has the token as a list element; upper and lower case are equal.</summary>
    public bool HasToken(HeaderName name, ReadOnlySpan<byte> token)
    {
        for (var index = IndexOf(name); index >= 0; index = IndexOf(name, index + 1))
        {
            var elements = new ListValue(ValueOf(in _fields[index]));
            while (elements.MoveNext())
            {
                if (Ascii.EqualsIgnoreCase(elements.Current, token))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Empties the head and returns the memory of a large one to the pool; calling it twice is harmless.
    /// </summary>
    public virtual void Reset()
    {
        if (_buffer.Length > MaxKeptBytes)
        {
            GiveBack();
        }

        if (_fields.Length > MaxKeptFieldCount)
        {
            _fields = new HeaderField[UsualFieldCount];
        }

        _length = 0;
        _count = 0;
        _present = 0;
        MinorVersion = 0;
        ConnectionOptions = ConnectionOptions.None;
        WantsUpgrade = false;
        IsH2c = false;
    }

    internal void SetMinorVersion(int minorVersion) => MinorVersion = minorVersion;

    internal void Add(in HeaderField field)
    {
        if (_count == _fields.Length)
        {
            Array.Resize(ref _fields, _fields.Length * 2);
        }

        _fields[_count++] = field;
        _present |= 1UL << (int)field.Known;
    }

    internal void Mark(int index, HeaderFlags flag)
    {
        ref var field = ref _fields[index];
        field = field with { Flags = field.Flags | flag };
    }

    internal void SetConnection(ConnectionOptions options, bool wantsUpgrade, bool isH2c)
    {
        ConnectionOptions = options;
        WantsUpgrade = wantsUpgrade;
        IsH2c = isH2c;
    }

    /// <summary>Copies the head's bytes, with room for <paramref name="extraBytes"/> more after them.</summary>
    internal Span<byte> Own(ReadOnlySpan<byte> bytes, int extraBytes)
    {
        Debug.Assert(_length == 0, "A head is reset before it is filled again.");
        var wanted = bytes.Length + extraBytes;
        if (_buffer.Length < wanted)
        {
            GiveBack();
            _buffer = ArrayPool<byte>.Shared.Rent(wanted);
        }

        _length = bytes.Length;
        bytes.CopyTo(_buffer);
        return _buffer.AsSpan(_length, extraBytes);
    }

    /// <summary>Copies a header line behind the bytes of the head, as one more line of the message.</summary>
    private protected void AppendLine(HeaderName name, ReadOnlySpan<byte> before, ReadOnlySpan<byte> value)
    {
        var spelling = HeaderNames.Spelling(name);
        var start = _length;
        var valueStart = start + spelling.Length + 2;
        var valueLength = before.Length + value.Length;
        var end = valueStart + valueLength + 2;
        var buffer = _buffer.Length >= end ? _buffer : ArrayPool<byte>.Shared.Rent(end);
        var line = buffer.AsSpan(start, end - start);
        spelling.CopyTo(line);
        ": "u8.CopyTo(line[spelling.Length..]);
        before.CopyTo(line[(spelling.Length + 2)..]);
        value.CopyTo(line[(spelling.Length + 2 + before.Length)..]);
        "\r\n"u8.CopyTo(line[^2..]);
        if (buffer != _buffer)
        {
            // Only now, because the value may lie in the buffer that goes back.
            Bytes.CopyTo(buffer);
            GiveBack();
            _buffer = buffer;
        }

        _length = end;
        Add(new HeaderField(start, spelling.Length, valueStart, valueLength, end, name, HeaderNames.FlagsOf(name)));
    }

    /// <summary>Returns bytes of the buffer, which may be the extra ones after the head.</summary>
    private protected ReadOnlySpan<byte> Slice(int start, int length) => _buffer.AsSpan(start, length);

    private void GiveBack()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
