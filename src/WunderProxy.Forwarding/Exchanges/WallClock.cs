using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// The wall-clock time of one loop, without asking the clock for every exchange: the loop's own time, and its distance
/// to the wall clock, which is measured anew every second. A clock that is set, by hand or by a time server, is
/// followed within that second.
/// </summary>
internal sealed class WallClock(TransportLoop loop, TimeProvider clock)
{
    private const int MillisecondsBetweenLooks = 1_000;

    private readonly DateText _date = new();
    private long _offset;
    private long _lookAt = long.MinValue;

    /// <summary>Milliseconds since 1970. On the loop.</summary>
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

    /// <summary>That time as the value of a Date line; valid until the next call.</summary>
    public ReadOnlySpan<byte> Date => _date.At(UnixMilliseconds);
}
