using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi.Collectors;

/// <summary>
/// Bounds the sets of labels of each revision, because a client can make every status of an application, and every method.
/// The sets that are told apart stay the same, and all others are one: a set that changed places would make a counter fall,
/// which would be taken for a restart. Callable from any thread.
/// </summary>
internal sealed class LabelBound
{
    /// <summary>Most sets of labels of one revision, the one of all others included.</summary>
    public const int MostSets = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<RequestLabels>> _apart = new(StringComparer.Ordinal);

    /// <summary>Returns the durations of one revision, each set of labels once.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="durations">Its durations; where there is a choice, sets with more requests are told apart.</param>
    public IReadOnlyList<RequestDuration> Of(string revision, RequestDurations durations)
    {
        lock (_gate)
        {
            if (!_apart.TryGetValue(revision, out var apart))
            {
                _apart.Add(revision, apart = []);
            }

            foreach (var set in durations.Sets.OrderByDescending(set => set.Seconds.Count))
            {
                // What a loop could not tell apart belongs to the others.
                if (apart.Count < MostSets - 1 && set.Labels != RequestLabels.Overflow)
                {
                    apart.Add(set.Labels);
                }
            }

            var others = durations.Sets.Where(set => !apart.Contains(set.Labels)).Select(set => set.Seconds).ToArray();
            RequestDuration[] told = [.. durations.Sets.Where(set => apart.Contains(set.Labels))];
            return others.Length == 0
                ? told
                : [.. told, new RequestDuration(RequestLabels.Overflow, BucketHistogram.Merge(others))];
        }
    }

    /// <summary>Forgets all revisions but these.</summary>
    public void Keep(IEnumerable<string> revisions)
    {
        lock (_gate)
        {
            foreach (var gone in _apart.Keys.Except(revisions, StringComparer.Ordinal).ToArray())
            {
                _apart.Remove(gone);
            }
        }
    }
}
