using System.Buffers;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>A pooled array that is also a segment of a <see cref="ReadOnlySequence{T}"/>.</summary>
internal sealed class BufferBlock : ReadOnlySequenceSegment<byte>
{
    public BufferBlock(int size)
    {
        // Pinned, because the kernel reads and writes these arrays all the time and they live as long as the loop.
        Bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        Memory = Bytes;
    }

    /// <summary>The whole array of the block.</summary>
    public byte[] Bytes { get; }

    /// <summary>The next block in the chain, or null.</summary>
    public BufferBlock? NextBlock => (BufferBlock?)Next;

    /// <summary>
    /// Ends this block after <paramref name="endOffset"/> bytes and links <paramref name="next"/> after it.
    /// </summary>
    public void Append(BufferBlock next, int endOffset)
    {
        Memory = Bytes.AsMemory(0, endOffset);
        next.RunningIndex = RunningIndex + endOffset;
        Next = next;
    }

    /// <summary>Removes the block from its chain and prepares it for reuse.</summary>
    public void Reset()
    {
        Memory = Bytes;
        RunningIndex = 0;
        Next = null;
    }
}
