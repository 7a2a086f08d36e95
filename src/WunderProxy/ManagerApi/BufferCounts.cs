namespace WunderProxy.ManagerApi;

/// <summary>Body bytes held for slow peers.</summary>
/// <param name="Memory">In memory.</param>
/// <param name="Disk">In spill files.</param>
internal sealed record BufferCounts(long Memory, long Disk);
