using System.Buffers;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// A buffer as one span: the buffer itself if it is in one block, a rented copy in the rare other case.
/// </summary>
internal readonly ref struct ContiguousBytes
{
    private readonly byte[]? _rented;

    private ContiguousBytes(ReadOnlySpan<byte> span, byte[]? rented)
    {
        Span = span;
        _rented = rented;
    }

    /// <summary>All bytes of the buffer.</summary>
    public ReadOnlySpan<byte> Span { get; }

    /// <summary>Creates the span of a buffer; the caller ends with <see cref="Return"/>.</summary>
    public static ContiguousBytes Of(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment)
        {
            return new ContiguousBytes(buffer.FirstSpan, null);
        }

        var length = checked((int)buffer.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        buffer.CopyTo(rented);
        return new ContiguousBytes(rented.AsSpan(0, length), rented);
    }

    /// <summary>Returns a rented copy to the pool.</summary>
    public void Return()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }
}
