using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The access log of one loop: formats lines into a batch, and hands the batch over when it is full or some time has
/// passed.
/// </summary>
internal sealed class AccessLog(AccessLogWriter writer, TransportLoop loop, AccessLogFormat format) : LoopTimer
{
    private const int MaxDelayMilliseconds = 200;

    private AccessLogBatch _batch = writer.Rent();

    /// <summary>
    /// Writes the line of an exchange that ended; never waits. A line without room is dropped and counted.
    /// </summary>
    /// <param name="exchange">The exchange that ended.</param>
    /// <param name="unixMilliseconds">Time of its end, in milliseconds since 1970.</param>
    /// <param name="microseconds">Duration of the exchange in microseconds.</param>
    public void Write(Exchange exchange, long unixMilliseconds, long microseconds)
    {
        if (!AccessLogLine.TryWrite(exchange, unixMilliseconds, microseconds, format, _batch.Free, out var length))
        {
            HandOver();
            if (!AccessLogLine.TryWrite(exchange, unixMilliseconds, microseconds, format, _batch.Free, out length))
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
}
