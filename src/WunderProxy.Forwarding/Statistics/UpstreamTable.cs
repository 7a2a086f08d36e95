using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Statistics;

/// <summary>
/// What is known of upstreams, as long as there are such objects: an upstream to which traffic is switched back is not
/// taken for a new one, and what it served long ago not for the work of one second.
/// </summary>
internal sealed class UpstreamTable(SeriesClock clock)
{
    private readonly ConditionalWeakTable<Upstream, UpstreamStatistics> _known = [];

    /// <summary>Returns the statistics of an upstream, which are new at the first call.</summary>
    public UpstreamStatistics Of(Upstream upstream) => _known.GetValue(upstream, key => new UpstreamStatistics(key, clock));
}
