using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>Body bytes held because one side is slower than the other.</summary>
/// <param name="Memory">Bytes in memory.</param>
/// <param name="Disk">Bytes in temporary files.</param>
/// <param name="MemoryLimit">Most bytes in memory over all connections.</param>
/// <param name="DiskLimit">Most bytes in temporary files over all connections; 0 if no file can be written.</param>
/// <param name="Spills">Number of bodies that went to a temporary file since start.</param>
internal sealed record BufferCounts(long Memory, long Disk, long MemoryLimit = 0, long DiskLimit = 0, long Spills = 0)
{
    /// <summary>Returns the counts of a forwarder; all are 0 if nothing is buffered.</summary>
    public static BufferCounts Of(BufferSnapshot? buffers) => buffers is null
        ? new BufferCounts(0, 0)
        : new BufferCounts(buffers.Memory, buffers.Disk, buffers.MemoryLimit, buffers.DiskLimit, buffers.Spills);
}
