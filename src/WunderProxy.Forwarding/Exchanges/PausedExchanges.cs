using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>The exchanges of one loop that wait for the end of a pause. Used on the loop only.</summary>
internal sealed class PausedExchanges
{
    private readonly List<LoopSignal> _waiting = [];

    /// <summary>Adds an exchange to those that go on when the pause ends.</summary>
    public void Add(LoopSignal pauseEnded) => _waiting.Add(pauseEnded);

    /// <summary>Removes an exchange, which goes on.</summary>
    public void Remove(LoopSignal pauseEnded) => _waiting.Remove(pauseEnded);

    /// <summary>The pause has ended: every exchange looks at the gate again.</summary>
    public void Resume()
    {
        foreach (var pauseEnded in _waiting.ToArray())
        {
            pauseEnded.Set();
        }
    }
}
