using System.Buffers.Binary;
using System.Text;

namespace WunderProxy.Metrics.Otlp;

/// <summary>
/// Writes messages in the protobuf encoding (protobuf.dev, "Encoding"). A nested message is written behind the place of
/// its length, which is inserted when the message ends.
/// </summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int MaxVarintBytes = 10;

    private byte[] _buffer = new byte[16 * 1024];
    private int _length;

    /// <summary>The encoded bytes written so far.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Begins a nested message, whose length is written at its end.</summary>
    /// <returns>The place to give to <see cref="End"/>.</returns>
    public int Begin(int field)
    {
        Tag(field, Bytes);
        return _length;
    }

    /// <summary>Ends the message that began at a place, and inserts its length there.</summary>
    public void End(int start)
    {
        var length = _length - start;
        Span<byte> prefix = stackalloc byte[MaxVarintBytes];
        var size = Encode((ulong)length, prefix);
        Ensure(size);
        _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start + size));
        prefix[..size].CopyTo(_buffer.AsSpan(start));
        _length += size;
    }

    /// <summary>Writes a text in UTF-8; an empty one is left out, as it is the default.</summary>
    public void Text(int field, string value)
    {
        if (value.Length > 0)
        {
            TextAlways(field, value);
        }
    }

    /// <summary>Writes a text in UTF-8, an empty one too, for a field of a choice.</summary>
    public void TextAlways(int field, string value)
    {
        Tag(field, Bytes);
        var size = Encoding.UTF8.GetByteCount(value);
        Number((ulong)size);
        Ensure(size);
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    /// <summary>Writes an enum's value or a flag.</summary>
    public void Value(int field, int value)
    {
        Tag(field, Varint);
        Number((ulong)value);
    }

    /// <summary>Writes a number of 8 bytes, fixed in length.</summary>
    public void Eight(int field, ulong value)
    {
        Tag(field, Fixed64);
        Raw(value);
    }

    /// <summary>Writes a number with a fraction.</summary>
    public void Double(int field, double value) => Eight(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a list of numbers of 8 bytes each, packed.</summary>
    public void Packed(int field, IReadOnlyCollection<ulong> values)
    {
        Tag(field, Bytes);
        Number((ulong)values.Count * sizeof(ulong));
        foreach (var value in values)
        {
            Raw(value);
        }
    }

    private static int Encode(ulong value, Span<byte> destination)
    {
        var size = 0;
        while (value >= 0x80)
        {
            destination[size++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[size++] = (byte)value;
        return size;
    }

    private void Tag(int field, int wireType) => Number((ulong)((field << 3) | wireType));

    private void Number(ulong value)
    {
        Ensure(MaxVarintBytes);
        _length += Encode(value, _buffer.AsSpan(_length));
    }

    private void Raw(ulong value)
    {
        Ensure(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_length), value);
        _length += sizeof(ulong);
    }

    private void Ensure(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }
    }
}
