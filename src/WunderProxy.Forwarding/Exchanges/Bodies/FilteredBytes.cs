using System.Buffers;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// The bytes that a filter has written and the encoder has not taken yet, in memory that is rented only while there are
/// some.
/// </summary>
internal sealed class FilteredBytes : IBufferWriter<byte>
{
    private const int UsualBytes = 16 * 1024;

    private byte[] _buffer = [];
    private int _length;

    /// <summary>The bytes written since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Removes the bytes and keeps the memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>Removes the bytes and returns the memory.</summary>
    public void Release()
    {
        _length = 0;
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _buffer.AsSpan(_length);
    }

    private void Ensure(int sizeHint)
    {
        var wanted = _length + Math.Max(sizeHint, 1);
        if (_buffer.Length >= wanted)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(UsualBytes, Math.Max(wanted, 2 * _buffer.Length)));
        Written.CopyTo(larger);
        var length = _length;
        Release();
        _buffer = larger;
        _length = length;
    }
}
