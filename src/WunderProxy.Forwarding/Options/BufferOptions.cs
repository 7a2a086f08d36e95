namespace WunderProxy.Forwarding.Options;

/// <summary>
/// Bounds and place of what is held of responses that clients take more slowly than the upstream sends them, and of
/// requests that are held whole. Past a bound the sender of a response has to wait; a request is refused with 413.
/// </summary>
public sealed record BufferOptions
{
    /// <summary>Most bytes in memory over all connections. Default 256 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>Most bytes in temporary files over all connections; 0 means no files. Default 4 GiB.</summary>
    public long DiskBytes { get; init; } = 4L << 30;

    /// <summary>Most bytes in memory for one connection. Default 1 MiB.</summary>
    public long ConnectionMemoryBytes { get; init; } = 1L << 20;

    /// <summary>Most bytes in the temporary file of one connection. Default 1 GiB.</summary>
    public long ConnectionDiskBytes { get; init; } = 1L << 30;

    /// <summary>
    /// Most temporary files at a time, each with one descriptor. Without a file, a response is held in memory only.
    /// </summary>
    public int MaxFiles { get; init; } = 4096;

    /// <summary>Directory of the temporary files, which is created if necessary; null means memory only.</summary>
    public string? Directory { get; init; }
}
