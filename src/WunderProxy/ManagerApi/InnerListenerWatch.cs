using WunderProxy.Forwarding.Transport;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Counts the connections at the inner port that are not our front end's: once a second, and as soon as the process
/// opens many descriptors at once.
/// </summary>
/// <param name="clock">Clock of the intervals.</param>
/// <param name="descriptors">
/// Most descriptors that strangers may take in all, including those that arrive before the handlers have moved.
/// </param>
internal sealed class InnerListenerWatch(TimeProvider clock, int descriptors)
{
    /// <summary>
    /// Result of <see cref="WaitForStrangersAsync"/> when no descriptor is left to count with, which many strangers can
    /// cause between two counts.
    /// </summary>
    public const int Uncounted = -1;

    private const int MostStrangers = 16;
    private const int RoundsPerCount = 10;
    private const int MostDescriptorsAtOnce = 64;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(20);

    private readonly int _manyDescriptors = Math.Clamp(descriptors / 2, 1, MostDescriptorsAtOnce);

    private int _rounds;
    private int _nextDescriptor;

    /// <summary>
    /// Most strangers' connections that are tolerated; more make the inner listener move. Half of what strangers may
    /// take, since more can arrive until the next count.
    /// </summary>
    public int MaxStrangers { get; } = Math.Clamp(descriptors / 2, 1, MostStrangers);

    /// <summary>Waits until there are too many strangers' connections at the port.</summary>
    /// <param name="port">Returns the present port.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The number of strangers' connections, or <see cref="Uncounted"/>.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<int> WaitForStrangersAsync(Func<int> port, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Round, clock, cancellationToken);
            if (!IsTimeToCount() || !AreMany(port(), out _))
            {
                continue;
            }

            // The table is not read in one instant, so a connection of ours that ended meanwhile may look like a
            // stranger's once.
            await Task.Delay(SecondLook, clock, cancellationToken);
            if (AreMany(port(), out var strangers))
            {
                return strangers;
            }
        }
    }

    private bool AreMany(int port, out int strangers)
    {
        if (SocketTable.NextDescriptor() == SocketTable.NoDescriptorLeft)
        {
            strangers = Uncounted;
            return true;
        }

        strangers = SocketTable.CountStrangers(port, MaxStrangers);
        return strangers > MaxStrangers;
    }

    private bool IsTimeToCount()
    {
        var before = _nextDescriptor;
        _nextDescriptor = SocketTable.NextDescriptor();
        var isDue = ++_rounds >= RoundsPerCount || _nextDescriptor < 0 || _nextDescriptor - before >= _manyDescriptors;
        _rounds = isDue ? 0 : _rounds;
        return isDue;
    }
}
