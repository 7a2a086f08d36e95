using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Carries batches of lines from the loops to the sink, on a task of its own. A full queue drops and counts.</summary>
internal sealed class AccessLogWriter : IAsyncDisposable
{
    private const int MaxQueuedBatches = 64;

    /// <summary>How long the end waits for a reader that does not take what is queued.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private readonly IAccessLogSink _sink;
    private readonly ILogger _logger;
    private readonly Channel<AccessLogBatch> _full = Channel.CreateBounded<AccessLogBatch>(MaxQueuedBatches);
    private readonly Channel<AccessLogBatch> _empty = Channel.CreateBounded<AccessLogBatch>(MaxQueuedBatches);
    private readonly Task _writing;
    private long _dropped;

    public AccessLogWriter(IAccessLogSink sink, ILogger logger)
    {
        _sink = sink;
        _logger = logger;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Lines that were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Counts a line that could not be queued.</summary>
    public void CountDropped(int lines) => Interlocked.Add(ref _dropped, lines);

    /// <summary>An empty batch to fill.</summary>
    public AccessLogBatch Rent() => _empty.Reader.TryRead(out var batch) ? batch : new AccessLogBatch();

    /// <summary>Queues a batch for the sink.</summary>
    /// <returns>Whether there was room; if not the caller keeps it.</returns>
    public bool TryWrite(AccessLogBatch batch) => _full.Writer.TryWrite(batch);

    /// <summary>Writes what is queued, then ends; a sink that blocks is waited for 2 seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        _full.Writer.TryComplete();
        await _writing.WaitAsync(LastWait, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteAllAsync()
    {
        var hasFailed = false;
        await foreach (var batch in _full.Reader.ReadAllAsync())
        {
            try
            {
                _sink.Write(batch.Lines);
                hasFailed = false;
            }
            catch (Exception exception) when (
                exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // Named once per change: a closed pipe would fill the log otherwise.
                if (!hasFailed)
                {
                    DiagnosticsLog.AccessLogFailed(_logger, exception);
                }

                hasFailed = true;
                CountDropped(batch.Lines.Count((byte)'\n'));
            }

            batch.Clear();
            _empty.Writer.TryWrite(batch);
        }
    }
}
