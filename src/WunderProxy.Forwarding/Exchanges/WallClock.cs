using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The wall-clock time of one loop, without asking the clock for every exchange: the loop's own time plus its distance
/// to the wall clock, which is measured every second. If the clock is set, by hand or by a time server, this time
/// follows within that second.
/// </summary>
internal sealed class WallClock(TransportLoop loop, TimeProvider clock)
{
    private const int MillisecondsBetweenLooks = 1_000;

    private readonly DateText _date = new();
    private long _offset;
    private long _lookAt = long.MinValue;

    /// <summary>Time in milliseconds since 1970. Used on the loop only.</summary>
    public long UnixMilliseconds
    {
        get
        {
            var now = loop.NowMilliseconds;
            if (now >= _lookAt)
            {
                _lookAt = now + MillisecondsBetweenLooks;
                _offset = clock.GetUtcNow().ToUnixTimeMilliseconds() - now;
            }

            return now + _offset;
        }
    }

    /// <summary>The present time as the value of a Date line; valid until the next call.</summary>
    public ReadOnlySpan<byte> Date => _date.At(UnixMilliseconds);
}
