using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Switching;

/// <summary>
/// Whether a new upstream stays slower: cuts its traffic into stretches and convicts when several in a row are clearly
/// slower than the one before was. One burst of a busy machine lies in one stretch, or in two.
/// </summary>
/// <param name="duration">How long the guard watches.</param>
internal sealed class SlownessWatch(TimeSpan duration)
{
    private const int SlowStretches = 3;

    /// <summary>The first exchanges of a fresh process are slow in every revision: they do not count.</summary>
    private readonly TimeSpan _warmUp = Min(duration / 4, TimeSpan.FromSeconds(10));

    private readonly TimeSpan _stretch = Min(duration / 8, TimeSpan.FromSeconds(5));

    private TrafficReport? _from;
    private TimeSpan _fromTime;
    private int _slow;

    /// <summary>Looks again.</summary>
    /// <param name="elapsed">Time since the switch.</param>
    /// <param name="before">The statistics of the upstream before.</param>
    /// <param name="now">What the new one has served up to now.</param>
    /// <returns>The evidence when it stays slower; else null.</returns>
    public string? Look(TimeSpan elapsed, TrafficReport before, TrafficReport now)
    {
        if (_from is null)
        {
            (_from, _fromTime) = elapsed < _warmUp ? (null, default) : (now, elapsed);
            return null;
        }

        var stretch = now.Since(_from);
        if (elapsed - _fromTime < _stretch || !GuardVerdict.IsEnoughForTimes(stretch))
        {
            return null;
        }

        (_from, _fromTime) = (now, elapsed);
        var slowness = GuardVerdict.FindSlowness(before, stretch);
        _slow = slowness is null ? 0 : _slow + 1;
        return _slow >= SlowStretches ? slowness : null;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
