namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>What is held of bodies because the receiver takes them more slowly than the sender sends them.</summary>
/// <param name="Memory">Bytes of memory reserved at present.</param>
/// <param name="Disk">Bytes reserved in temporary files at present.</param>
/// <param name="MemoryLimit">Most bytes of memory over all connections; 0 if nothing is buffered.</param>
/// <param name="DiskLimit">Most bytes in temporary files; 0 if no file can be written.</param>
/// <param name="Spills">Number of bodies that went to a temporary file since start.</param>
public sealed record BufferSnapshot(long Memory, long Disk, long MemoryLimit, long DiskLimit, long Spills)
{
    /// <summary>Why no temporary file can be written at present; null if there is no fault.</summary>
    public string? Warning { get; init; }
}
