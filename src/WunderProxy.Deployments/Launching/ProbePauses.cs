namespace WunderProxy.Deployments.Launching;

/// <summary>
/// The pauses between the probes of a launch: 20 ms at first, then doubled up to the longest one. A container is found
/// soon after it listens, and one that takes long is asked no more often than at the longest pause.
/// </summary>
/// <param name="longest">The longest pause, <c>--health-interval</c>; may be shorter than the first one.</param>
internal sealed class ProbePauses(TimeSpan longest)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20);

    private TimeSpan _next = First < longest ? First : longest;

    /// <summary>Returns the next pause and doubles the one after it.</summary>
    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause < longest / 2 ? pause * 2 : longest;
        return pause;
    }
}
