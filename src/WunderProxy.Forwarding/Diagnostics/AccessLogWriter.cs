using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>
/// Writes batches of access-log lines from the loops to the sink, on a task of its own. When the queue is full, lines
/// are dropped and counted.
/// </summary>
internal sealed class AccessLogWriter : IAsyncDisposable
{
    private const int MaxQueuedBatches = 64;

    /// <summary>Longest time that disposal waits for a sink that does not accept the queued lines.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private readonly IAccessLogSink _sink;
    private readonly ILogger _logger;
    private readonly LogThrottle _failures;
    private readonly Channel<AccessLogBatch> _full = Channel.CreateBounded<AccessLogBatch>(MaxQueuedBatches);
    private readonly Channel<AccessLogBatch> _empty = Channel.CreateBounded<AccessLogBatch>(MaxQueuedBatches);
    private readonly Task _writing;
    private long _dropped;

    public AccessLogWriter(IAccessLogSink sink, ILogger logger, TimeProvider clock)
    {
        _sink = sink;
        _logger = logger;
        _failures = new LogThrottle(clock, (count, last) => DiagnosticsLog.AccessLogFailedMore(logger, count, last as string));
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Number of lines dropped since start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Counts lines that could not be queued.</summary>
    public void CountDropped(int lines) => Interlocked.Add(ref _dropped, lines);

    /// <summary>Returns an empty batch to fill.</summary>
    public AccessLogBatch Rent() => _empty.Reader.TryRead(out var batch) ? batch : new AccessLogBatch();

    /// <summary>Queues a batch for the sink.</summary>
    /// <returns>Whether the queue had room; if not, the caller keeps the batch.</returns>
    public bool TryWrite(AccessLogBatch batch) => _full.Writer.TryWrite(batch);

    /// <summary>Writes the queued lines and ends; waits at most 2 seconds for a sink that blocks.</summary>
    public async ValueTask DisposeAsync()
    {
        _full.Writer.TryComplete();
        await _writing.WaitAsync(LastWait, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _failures.Dispose();
    }

    private async Task WriteAllAsync()
    {
        await foreach (var batch in _full.Reader.ReadAllAsync())
        {
            try
            {
                _sink.Write(batch.Lines);
            }
            catch (Exception exception) when (
                exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                OnFailed(exception, batch);
            }

            batch.Clear();
            _empty.Writer.TryWrite(batch);
        }
    }

    private void OnFailed(Exception exception, AccessLogBatch batch)
    {
        CountDropped(exception is LinesLostException lost ? lost.Lines : batch.Lines.Count((byte)'\n'));

        // A closed pipe or a full disk would otherwise fill the log.
        if (_failures.TryPass(exception.Message))
        {
            DiagnosticsLog.AccessLogFailed(_logger, exception);
        }
    }
}
