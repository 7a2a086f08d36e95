namespace WunderProxy.Forwarding.Buffering;

/// <summary>One temporary file. Its members are called on the threads of its <see cref="ISpillDisk"/>, one at a time.</summary>
internal interface ISpillFile : IDisposable
{
    /// <summary>Writes all bytes at an offset.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads exactly as many bytes as fit into <paramref name="bytes"/>.</summary>
    /// <exception cref="IOException">The disk failed, or the file ends before.</exception>
    void Read(long offset, Span<byte> bytes);
}
