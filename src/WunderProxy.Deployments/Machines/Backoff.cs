namespace WunderProxy.Deployments.Machines;

/// <summary>Growing pauses with jitter: 1 to 2 s, doubled up to 60 s, each spread over its upper half.</summary>
internal sealed class Backoff(TimeProvider clock)
{
    /// <summary>Upper end of the first pause, so that its lower end is 1 s.</summary>
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private TimeSpan _next = First;

    /// <summary>All is well: the next pause is the first again.</summary>
    public void Reset() => _next = First;

    /// <summary>The next pause.</summary>
    public TimeSpan Next()
    {
        var pause = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return pause;
    }

    /// <summary>Waits for the next pause.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Next(), clock, cancellationToken);
}
