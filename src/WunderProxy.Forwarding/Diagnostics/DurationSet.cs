namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>The durations, in ticks, of the requests of one loop that have a set of labels.</summary>
/// <param name="key">A number that stands for the labels.</param>
/// <param name="labels">The labels.</param>
internal sealed class DurationSet(int key, RequestLabels labels)
{
    /// <summary>The number that stands for the labels.</summary>
    public int Key => key;

    /// <summary>The labels that these durations share.</summary>
    public RequestLabels Labels => labels;

    /// <summary>The durations in ticks of 100 ns.</summary>
    public BucketCounts Ticks { get; } = new(BucketBounds.DurationTicks);
}
