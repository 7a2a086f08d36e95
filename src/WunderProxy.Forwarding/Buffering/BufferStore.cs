using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Buffering;

/// <summary>What all loops share of buffered bodies: the bounds, the directory of temporary files and its faults.</summary>
internal sealed class BufferStore : IDisposable
{
    private readonly PerLoop<LoopBuffers> _loops;
    private readonly ILogger _logger;
    private readonly LogThrottle _faults;
    private volatile string? _fault;

    /// <summary>Creates a store.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="disk">Where temporary files lie; null for memory only.</param>
    /// <param name="logger">For faults of the disk.</param>
    /// <param name="clock">Clock of the log's summaries.</param>
    public BufferStore(BufferOptions options, ISpillDisk? disk, ILogger logger, TimeProvider clock)
    {
        Options = options;
        Disk = disk;
        Budget = new BufferBudget(options.MemoryBytes, disk is null ? 0 : options.DiskBytes);
        _logger = logger;
        _loops = new PerLoop<LoopBuffers>(loop => new LoopBuffers(this, loop));
        _faults = new LogThrottle(clock, (count, last) => BufferLog.DiskStillFails(
            logger, options.Directory, count, (int)LogThrottle.Interval.TotalSeconds, last));
    }

    /// <summary>The bounds.</summary>
    public BufferOptions Options { get; }

    /// <summary>Where temporary files lie; null for memory only.</summary>
    public ISpillDisk? Disk { get; }

    /// <summary>What is held over all connections.</summary>
    public BufferBudget Budget { get; }

    /// <summary>Creates a store with its directory; one that cannot be used is a warning.</summary>
    public static BufferStore Open(BufferOptions options, ILogger logger, TimeProvider clock)
    {
        SpillDisk? disk = null;
        if (options is { Directory: { } directory, DiskBytes: > 0 })
        {
            disk = SpillDisk.TryOpen(directory, options.MaxFiles, out var fault);
            if (disk is null)
            {
                BufferLog.NoDisk(logger, directory, fault!);
                return new BufferStore(options, null, logger, clock) { Warning = $"buffers are in memory only: {directory}: {fault}" };
            }
        }

        return new BufferStore(options, disk, logger, clock);
    }

    /// <summary>Why no temporary file can be written, since start or since the last one failed; null if none has.</summary>
    public string? Warning
    {
        get => _fault;
        private init => _fault = value;
    }

    /// <summary>Returns the part of a loop.</summary>
    public LoopBuffers Of(TransportLoop loop) => _loops.Of(loop);

    /// <summary>Returns a copy of the counters.</summary>
    public BufferSnapshot Snapshot() =>
        new(Budget.Memory, Budget.Disk, Budget.MemoryLimit, Budget.DiskLimit, Budget.Spills) { Warning = Warning };

    /// <summary>Records that a temporary file failed. Callable from any thread.</summary>
    public void OnDiskFailed(Exception fault)
    {
        _fault = $"a temporary file in {Options.Directory} failed: {fault.Message}";
        if (_faults.TryPass(fault.Message))
        {
            BufferLog.DiskFailed(_logger, Options.Directory, fault.Message);
        }
    }

    /// <summary>Records that a temporary file was written.</summary>
    public void OnDiskWorked()
    {
        if (_fault is not null)
        {
            _fault = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _faults.Dispose();
        Disk?.Dispose();
    }
}
