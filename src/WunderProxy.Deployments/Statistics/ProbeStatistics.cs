using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Statistics;

/// <summary>
/// Counts health checks by revision and reason. A revision is forgotten an hour after its last check, and the one checked
/// longest ago when there are more than <see cref="MaxRevisions"/>. Callable from any thread.
/// </summary>
/// <param name="clock">Measures the hour.</param>
internal sealed class ProbeStatistics(TimeProvider clock)
{
    /// <summary>Most revisions that are told apart.</summary>
    public const int MaxRevisions = 20;

    /// <summary>How long the counts of a revision are kept after its last check.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>The start of the reasons for answers with a status, which have a number for each status.</summary>
    private const string StatusStart = "status_";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (DurationTally Tally, long At)> _revisions = new(StringComparer.Ordinal);

    /// <summary>Counts one health check of a revision.</summary>
    /// <param name="revision">The revision of the container that was checked.</param>
    /// <param name="reason">The reason code of the result; <c>status_503</c> is counted as <c>status_5xx</c>.</param>
    /// <param name="duration">Duration of the check.</param>
    public void Count(string revision, string reason, TimeSpan duration)
    {
        lock (_gate)
        {
            Forget();
            if (!_revisions.TryGetValue(revision, out var known))
            {
                if (_revisions.Count >= MaxRevisions)
                {
                    _revisions.Remove(_revisions.MinBy(pair => pair.Value.At).Key);
                }

                known = (new DurationTally(DurationBounds.Calls), 0);
            }

            known.Tally.Count(revision, ClassOf(reason), duration);
            _revisions[revision] = (known.Tally, clock.GetTimestamp());
        }
    }

    /// <summary>Returns a copy of all counts, sorted by revision and reason.</summary>
    public IReadOnlyList<DurationCounts> Read()
    {
        lock (_gate)
        {
            Forget();
            return [.. _revisions.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.Tally.Read())];
        }
    }

    private static string ClassOf(string reason) =>
        reason.Length > StatusStart.Length && reason.StartsWith(StatusStart, StringComparison.Ordinal)
            ? $"{StatusStart}{reason[StatusStart.Length]}xx"
            : reason;

    private void Forget()
    {
        foreach (var revision in _revisions.Where(pair => clock.GetElapsedTime(pair.Value.At) >= Memory).Select(pair => pair.Key).ToArray())
        {
            _revisions.Remove(revision);
        }
    }
}
