using Microsoft.Win32.SafeHandles;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>A temporary file without a name, which the kernel removes with its descriptor, also after a crash.</summary>
internal sealed class SpillFile(SafeFileHandle handle, Action onClosed) : ISpillFile
{
    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> bytes)
    {
        for (var total = 0; total < bytes.Length;)
        {
            var read = RandomAccess.Read(handle, bytes[total..], offset + total);
            total += read > 0 ? read : throw new EndOfStreamException("a temporary file is shorter than what was written");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        handle.Dispose();
        onClosed();
    }
}
