using WunderProxy.Forwarding.Transport;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Looks for connections at the inner port that are not our front end's: once a second, and as soon as the process opens
/// many descriptors at once.
/// </summary>
/// <param name="clock">Paces the looks.</param>
/// <param name="descriptors">Descriptors that strangers may take in all, those included that come before the move.</param>
internal sealed class InnerListenerWatch(TimeProvider clock, int descriptors)
{
    /// <summary>
    /// Told when no descriptor is left to count with, which a crowd of strangers can bring about between two looks.
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
    /// Strangers' connections that are borne; more make the inner listener move. Half of what strangers may take: the other
    /// half is for those that come until they are counted.
    /// </summary>
    public int MaxStrangers { get; } = Math.Clamp(descriptors / 2, 1, MostStrangers);

    /// <summary>Waits until strangers gather at a port.</summary>
    /// <param name="port">Gives the port of the moment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many there are, or <see cref="Uncounted"/>.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task<int> WaitForStrangersAsync(Func<int> port, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Round, clock, cancellationToken);
            if (!IsTimeToCount() || !AreMany(port(), out _))
            {
                continue;
            }

            // The table is not read in one instant: a connection of ours that ended meanwhile may look like a stranger's once.
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
