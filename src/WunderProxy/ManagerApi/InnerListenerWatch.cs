using WunderProxy.Forwarding.Transport;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Looks for connections at the inner port that are not our front end's: once a second, and as soon as the process opens
/// many descriptors at once.
/// </summary>
internal sealed class InnerListenerWatch(TimeProvider clock)
{
    /// <summary>Strangers' connections that are borne; more make the inner listener move.</summary>
    public const int MaxStrangers = 16;

    private const int RoundsPerCount = 10;
    private const int ManyDescriptors = 64;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(20);

    private int _rounds;
    private int _nextDescriptor;

    /// <summary>Waits until strangers gather at a port.</summary>
    /// <param name="port">Gives the port of the moment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task<int> WaitForStrangersAsync(Func<int> port, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Round, clock, cancellationToken);
            if (!IsTimeToCount() || SocketTable.CountStrangers(port(), MaxStrangers) <= MaxStrangers)
            {
                continue;
            }

            // The table is not read in one instant: a connection of ours that ended meanwhile may look like a stranger's once.
            await Task.Delay(SecondLook, clock, cancellationToken);
            if (SocketTable.CountStrangers(port(), MaxStrangers) is > MaxStrangers and var strangers)
            {
                return strangers;
            }
        }
    }

    private bool IsTimeToCount()
    {
        var before = _nextDescriptor;
        _nextDescriptor = SocketTable.NextDescriptor();
        var isDue = ++_rounds >= RoundsPerCount || _nextDescriptor < 0 || _nextDescriptor - before >= ManyDescriptors;
        _rounds = isDue ? 0 : _rounds;
        return isDue;
    }
}
