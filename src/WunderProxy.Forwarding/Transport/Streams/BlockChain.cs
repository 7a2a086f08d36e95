using System.Buffers;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>
/// A queue of bytes in linked blocks: bytes are added at the end and taken from the front. A mutable struct, which must
/// not be copied.
/// </summary>
internal struct BlockChain
{
    // Leftovers up to this size are copied to a small block, to free the large one.
    private const int MaxMovedBytes = BufferPool.SmallBytes / 2;

    private BufferBlock? _head;
    private BufferBlock? _tail;
    private int _headOffset;
    private int _tailOffset;

    /// <summary>Whether the chain holds a block, which may be empty.</summary>
    public readonly bool HasBlock => _head is not null;

    /// <summary>Number of bytes in the chain.</summary>
    public readonly long Length =>
        _head is null ? 0 : _tail!.RunningIndex + _tailOffset - _head.RunningIndex - _headOffset;

    /// <summary>All bytes of the chain.</summary>
    public readonly ReadOnlySequence<byte> Bytes => _head is null
        ? ReadOnlySequence<byte>.Empty
        : new ReadOnlySequence<byte>(_head, _headOffset, _tail!, _tailOffset);

    /// <summary>Whether <see cref="FirstPart"/> holds all bytes of the chain.</summary>
    public readonly bool IsOnePart => _head == _tail;

    /// <summary>The bytes of the first block.</summary>
    public readonly ReadOnlyMemory<byte> FirstPart => _head is null ? default
        : _head == _tail ? _head.Bytes.AsMemory(_headOffset, _tailOffset - _headOffset)
        : _head.Memory[_headOffset..];

    /// <summary>Number of bytes that can be added before another block is needed.</summary>
    public readonly int Room => _tail is null ? 0 : _tail.Bytes.Length - _tailOffset;

    /// <summary>Memory for the next bytes; <see cref="Room"/> bytes long.</summary>
    public readonly Memory<byte> Space => _tail is null ? default : _tail.Bytes.AsMemory(_tailOffset);

    /// <summary>Links an empty block after the last one.</summary>
    public void Append(BufferBlock block)
    {
        if (_tail is null)
        {
            _head = block;
            _headOffset = 0;
        }
        else
        {
            _tail.Append(block, _tailOffset);
        }

        _tail = block;
        _tailOffset = 0;
    }

    /// <summary>Counts bytes that the caller has written into <see cref="Space"/>.</summary>
    public void Add(int bytes) => _tailOffset += bytes;

    /// <summary>Copies bytes into <see cref="Space"/>, which must have room.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Space.Span);
        Add(bytes.Length);
    }

    /// <summary>Whether no byte comes after <paramref name="position"/>.</summary>
    public readonly bool EndsAt(SequencePosition position) =>
        position.GetObject() == _tail && position.GetInteger() == _tailOffset;

    /// <summary>Removes the bytes before <paramref name="position"/>, which lies in <see cref="Bytes"/>.</summary>
    public void TakeTo(SequencePosition position, BufferPool pool)
    {
        if (_head is null || position.GetObject() is not BufferBlock block)
        {
            return;
        }

        while (_head != block)
        {
            _ = _head?.NextBlock ?? throw new InvalidOperationException("The position belongs to another buffer.");
            DropHead(pool);
        }

        _headOffset = position.GetInteger();
        ReleaseIfEmpty(pool);
    }

    /// <summary>Removes bytes from the front.</summary>
    /// <returns>Number of bytes by which the chain was too short; 0 if all could be removed.</returns>
    public int Take(int bytes, BufferPool pool)
    {
        while (_head is not null)
        {
            var held = FirstPart.Length;
            if (bytes < held)
            {
                _headOffset += bytes;
                return 0;
            }

            bytes -= held;
            DropHead(pool);
        }

        return bytes;
    }

    /// <summary>
    /// Moves a few bytes out of a large block to a small one, so that the large block can be used while they wait for
    /// more.
    /// </summary>
    public void Shrink(BufferPool pool)
    {
        if (_head is null || _head != _tail || _head.Bytes.Length == BufferPool.SmallBytes || Length > MaxMovedBytes)
        {
            return;
        }

        var small = pool.RentSmall();
        var bytes = FirstPart;
        bytes.CopyTo(small.Bytes);
        Release(pool);
        Append(small);
        Add(bytes.Length);
    }

    /// <summary>Returns the blocks to the pool if they hold no byte.</summary>
    public void ReleaseIfEmpty(BufferPool pool)
    {
        if (Length == 0)
        {
            Release(pool);
        }
    }

    /// <summary>Returns the blocks to the pool and drops their bytes.</summary>
    public void Release(BufferPool pool)
    {
        while (_head is not null)
        {
            DropHead(pool);
        }
    }

    private void DropHead(BufferPool pool)
    {
        var block = _head!;
        _head = block.NextBlock;
        _headOffset = 0;
        if (_head is null)
        {
            _tail = null;
            _tailOffset = 0;
        }

        pool.Return(block);
    }
}
