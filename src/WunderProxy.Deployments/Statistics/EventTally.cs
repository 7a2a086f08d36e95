using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Statistics;

/// <summary>
/// Counts what happened by kind and result, for as long as the process runs. Kinds and results are names in the source,
/// so their number is bounded. Callable from any thread.
/// </summary>
internal sealed class EventTally
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, string Result), long> _pairs = [];

    /// <summary>Counts what happened once, or several times.</summary>
    /// <param name="kind">What happened, by one of few names.</param>
    /// <param name="result">How it ended, by one of few names; empty if there is only one result.</param>
    /// <param name="count">How often it happened; 0 makes the pair known, so that its series begins with 0.</param>
    public void Count(string kind, string result = "", int count = 1)
    {
        lock (_gate)
        {
            _pairs[(kind, result)] = _pairs.GetValueOrDefault((kind, result)) + count;
        }
    }

    /// <summary>Returns a copy of all counts, sorted by kind and result.</summary>
    public IReadOnlyList<EventCount> Read()
    {
        lock (_gate)
        {
            return
            [
                .. _pairs.OrderBy(pair => pair.Key.Kind, StringComparer.Ordinal)
                    .ThenBy(pair => pair.Key.Result, StringComparer.Ordinal)
                    .Select(pair => new EventCount(pair.Key.Kind, pair.Key.Result, pair.Value)),
            ];
        }
    }
}
