namespace WunderProxy.Deployments.Machines;

/// <summary>
/// Growing pauses with jitter: at first 1 to 2 s, doubled up to 60 s, each chosen from its upper half.
/// </summary>
internal sealed class Backoff(TimeProvider clock)
{
    /// <summary>Upper end of the first pause, whose lower end is 1 s.</summary>
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private TimeSpan _next = First;

    /// <summary>Makes the next pause as short as the first one.</summary>
    public void Reset() => _next = First;

    /// <summary>Returns the next pause and doubles the one after it.</summary>
    public TimeSpan Next()
    {
        var pause = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return pause;
    }

    /// <summary>Waits for the duration of the next pause.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Next(), clock, cancellationToken);
}
