namespace WunderProxy.ManagerApi;

/// <summary>Body bytes held because one side is slower than the other.</summary>
/// <param name="Memory">Bytes in memory.</param>
/// <param name="Disk">Bytes in spill files.</param>
internal sealed record BufferCounts(long Memory, long Disk);
