namespace WunderProxy.Deployments.Contracts;

/// <summary>How long work of one kind with one result took since the process started, in fixed buckets.</summary>
/// <param name="Kind">The work: an operation, a phase, a revision; from a bounded set of names.</param>
/// <param name="Result">How the work ended; from a bounded set of names, empty if there is only one result.</param>
/// <param name="Bounds">Upper bounds of the buckets in seconds, ascending, without the infinite one.</param>
/// <param name="Buckets">Number of durations in each bucket, not cumulative; one more than there are bounds.</param>
/// <param name="SumSeconds">Sum of all durations in seconds.</param>
public sealed record DurationCounts(
    string Kind, string Result, IReadOnlyList<double> Bounds, IReadOnlyList<long> Buckets, double SumSeconds)
{
    /// <summary>Number of durations in all buckets.</summary>
    public long Count => Buckets.Sum();
}
