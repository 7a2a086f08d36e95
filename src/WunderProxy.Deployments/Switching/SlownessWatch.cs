using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Switching;

/// <summary>
/// Decides whether a new upstream stays slower than the previous one. Its traffic is cut into spans, and several clearly
/// slower spans in a row are a verdict; a single burst of a busy machine affects one span or two.
/// </summary>
/// <param name="duration">How long the guard watches.</param>
internal sealed class SlownessWatch(TimeSpan duration)
{
    private const int SlowStretches = 3;

    /// <summary>
    /// Time after the switch that does not count: the first exchanges of a new process are slow in every revision.
    /// </summary>
    private readonly TimeSpan _warmUp = Min(duration / 4, TimeSpan.FromSeconds(10));

    private readonly TimeSpan _stretch = Min(duration / 8, TimeSpan.FromSeconds(5));

    private TrafficReport? _from;
    private TimeSpan _fromTime;
    private int _slow;

    /// <summary>Looks at the traffic since the last look.</summary>
    /// <param name="elapsed">Time since the switch.</param>
    /// <param name="before">Statistics of the upstream before.</param>
    /// <param name="now">Statistics of the new upstream so far.</param>
    /// <returns>The evidence if the new upstream stays slower; else null.</returns>
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
