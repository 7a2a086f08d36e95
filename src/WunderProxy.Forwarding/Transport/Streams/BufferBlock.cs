using System.Buffers;

namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>A pooled array that is at the same time a link of a <see cref="ReadOnlySequence{T}"/>.</summary>
internal sealed class BufferBlock : ReadOnlySequenceSegment<byte>
{
    public BufferBlock(int size)
    {
        // Pinned: the kernel reads and writes these arrays all the time, and they live as long as the loop.
        Bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        Memory = Bytes;
    }

    /// <summary>All of the block.</summary>
    public byte[] Bytes { get; }

    /// <summary>The block that follows in a chain.</summary>
    public BufferBlock? NextBlock => (BufferBlock?)Next;

    /// <summary>Ends this block after <paramref name="endOffset"/> bytes and links <paramref name="next"/> behind it.</summary>
    public void Append(BufferBlock next, int endOffset)
    {
        Memory = Bytes.AsMemory(0, endOffset);
        next.RunningIndex = RunningIndex + endOffset;
        Next = next;
    }

    /// <summary>Takes the block out of its chain, ready to be used anew.</summary>
    public void Reset()
    {
        Memory = Bytes;
        RunningIndex = 0;
        Next = null;
    }
}
