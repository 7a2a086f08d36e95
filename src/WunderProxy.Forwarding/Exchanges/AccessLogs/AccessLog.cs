using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>
/// The access log of one loop: formats lines into a batch, and hands the batch over when it is full or some time has
/// passed.
/// </summary>
internal sealed class AccessLog(AccessLogWriter writer, TransportLoop loop, ForwarderSettings settings) : LoopTimer
{
    private const int MaxDelayMilliseconds = 200;

    private readonly bool _isJson = settings.AccessLogFormat == AccessLogFormat.Json;
    private readonly AccessLogSampler _sampler = new(settings.AccessLogSample);
    private readonly TimestampText _time = new();
    private AccessLogBatch _batch = writer.Rent();

    /// <summary>
    /// Writes the line of an exchange that ended, unless it is left out as one of many; never waits. A line without room
    /// is dropped and counted.
    /// </summary>
    /// <param name="exchange">The exchange that ended.</param>
    /// <param name="unixMilliseconds">Time of its end, in milliseconds since 1970.</param>
    /// <param name="microseconds">Duration of the exchange in microseconds.</param>
    public void Write(Exchange exchange, long unixMilliseconds, long microseconds)
    {
        if (_sampler.Takes(exchange, microseconds))
        {
            Add(new LogEntry(
                exchange,
                _time.At(unixMilliseconds),
                microseconds,
                ExchangeEnd.WordOf(exchange, settings.IsShuttingDown),
                exchange.Tunnel is null ? UpgradeMark.None : UpgradeMark.Close));
        }
    }

    /// <summary>Writes the first of the two lines of an exchange that has just become a tunnel.</summary>
    /// <param name="exchange">The exchange, whose 101 was written.</param>
    /// <param name="unixMilliseconds">The time, in milliseconds since 1970.</param>
    /// <param name="microseconds">Duration of the exchange so far, in microseconds.</param>
    public void WriteOpen(Exchange exchange, long unixMilliseconds, long microseconds) =>
        Add(new LogEntry(exchange, _time.At(unixMilliseconds), microseconds, "ok"u8, UpgradeMark.Open));

    /// <summary>Hands the lines collected so far over to the writer. Called on the loop.</summary>
    public void HandOver()
    {
        if (_batch.Length == 0)
        {
            return;
        }

        if (writer.TryWrite(_batch))
        {
            _batch = writer.Rent();
        }
    }

    /// <inheritdoc/>
    protected internal override void OnElapsed()
    {
        HandOver();
        if (_batch.Length > 0)
        {
            // The sink is slow: try again later. Meanwhile the batch fills up, and then lines are dropped.
            loop.Timers.Arm(this, loop.NowMilliseconds, MaxDelayMilliseconds);
        }
    }

    private void Add(in LogEntry entry)
    {
        var length = Format(entry);
        if (length == 0)
        {
            HandOver();
            length = Format(entry);
            if (length == 0)
            {
                writer.CountDropped(1);
                return;
            }
        }

        _batch.Advance(length);
        if (DueMilliseconds == 0)
        {
            loop.Timers.Arm(this, loop.NowMilliseconds, MaxDelayMilliseconds);
        }
    }

    private int Format(in LogEntry entry) =>
        _isJson ? JsonLine.Write(entry, _batch.Free) : TextLine.Write(entry, _batch.Free);
}
