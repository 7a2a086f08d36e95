using WunderProxy.Forwarding.Statistics;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>
/// Adds up the upstreams of each revision. A revision that was launched again has several, of which one is forgotten an
/// hour after it served; its counts stay as long as the revision has another upstream, because a counter that falls would
/// be taken for a restart. A revision without an upstream is forgotten whole. Callable from any thread.
/// </summary>
internal sealed class RevisionTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Upstream, RevisionCounters> _known = [];
    private readonly Dictionary<string, RevisionCounters> _forgotten = new(StringComparer.Ordinal);

    /// <summary>Returns the counters of each revision.</summary>
    /// <param name="upstreams">The upstreams that are remembered at present.</param>
    public IReadOnlyList<RevisionCounters> Read(IReadOnlyList<Upstream> upstreams)
    {
        lock (_gate)
        {
            foreach (var upstream in upstreams)
            {
                _known[upstream] = CountersOf(upstream);
            }

            foreach (var gone in _known.Keys.Except(upstreams).ToArray())
            {
                // Counters stay as they were read last, but a connection that was open then is not one of now.
                _known.Remove(gone, out var known);
                var last = known! with { Connections = default };
                _forgotten[last.Revision] = _forgotten.TryGetValue(last.Revision, out var before)
                    ? RevisionCounters.Merge([before, last])
                    : last;
            }

            var present = _known.Values.GroupBy(counters => counters.Revision, StringComparer.Ordinal).ToArray();
            foreach (var revision in _forgotten.Keys.Except(present.Select(group => group.Key), StringComparer.Ordinal).ToArray())
            {
                _forgotten.Remove(revision);
            }

            return [.. present.Select(group => RevisionCounters.Merge(
                _forgotten.TryGetValue(group.Key, out var before) ? [before, .. group] : [.. group]))];
        }
    }

    private static RevisionCounters CountersOf(Upstream upstream)
    {
        var counters = StatisticsKeeper.CountersOf(upstream);
        return new RevisionCounters(upstream.Revision, counters.Durations, counters.UpstreamHead, counters.UpstreamEnd)
        {
            Connections = upstream.CountConnections(),
        };
    }
}
