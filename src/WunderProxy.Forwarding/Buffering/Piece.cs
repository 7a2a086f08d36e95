using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>Bytes in one block, from <paramref name="Start"/> up to <paramref name="End"/>.</summary>
internal readonly record struct Piece(BufferBlock Block, int Start, int End)
{
    /// <summary>Number of bytes.</summary>
    public int Length => End - Start;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => Block.Bytes.AsMemory(Start, Length);
}
