using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Statistics;

/// <summary>
/// Counts how long work took, by kind and result, for as long as the process runs. Callable from any thread; nothing on
/// the path of a request calls it.
/// </summary>
/// <param name="bounds">Upper bounds of the buckets in seconds, ascending.</param>
internal sealed class DurationTally(IReadOnlyList<double> bounds)
{
    /// <summary>Most pairs of kind and result that are told apart; further ones are counted as <see cref="Other"/>.</summary>
    public const int MaxPairs = 100;

    /// <summary>Kind and result of all pairs beyond <see cref="MaxPairs"/>.</summary>
    public const string Other = "other";

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, string Result), Durations> _pairs = [];

    /// <summary>Counts one duration under its two labels.</summary>
    /// <param name="kind">The work, by one of few names.</param>
    /// <param name="result">How the work ended, by one of few names.</param>
    /// <param name="duration">How long the work took; a negative duration counts as zero.</param>
    public void Count(string kind, string result, TimeSpan duration)
    {
        lock (_gate)
        {
            Of(kind, result).Count(bounds, Math.Max(0, duration.TotalSeconds));
        }
    }

    /// <summary>Returns a copy of all counts, sorted by kind and result.</summary>
    public IReadOnlyList<DurationCounts> Read()
    {
        lock (_gate)
        {
            return
            [
                .. _pairs.OrderBy(pair => pair.Key.Kind, StringComparer.Ordinal)
                    .ThenBy(pair => pair.Key.Result, StringComparer.Ordinal)
                    .Select(pair => new DurationCounts(
                        pair.Key.Kind, pair.Key.Result, bounds, [.. pair.Value.Buckets], pair.Value.SumSeconds)),
            ];
        }
    }

    private Durations Of(string kind, string result)
    {
        if (!_pairs.ContainsKey((kind, result)) && _pairs.Count >= MaxPairs)
        {
            (kind, result) = (Other, Other);
        }

        if (!_pairs.TryGetValue((kind, result), out var durations))
        {
            _pairs.Add((kind, result), durations = new Durations(bounds.Count + 1));
        }

        return durations;
    }

    /// <summary>The durations of one pair of labels.</summary>
    private sealed class Durations(int bucketCount)
    {
        public long[] Buckets { get; } = new long[bucketCount];

        public double SumSeconds { get; private set; }

        public void Count(IReadOnlyList<double> bounds, double seconds)
        {
            var bucket = 0;
            while (bucket < bounds.Count && seconds > bounds[bucket])
            {
                bucket++;
            }

            Buckets[bucket]++;
            SumSeconds += seconds;
        }
    }
}
