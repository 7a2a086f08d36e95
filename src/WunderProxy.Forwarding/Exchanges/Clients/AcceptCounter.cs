namespace WunderProxy.Forwarding.Exchanges.Clients;

/// <summary>Counts the connections that one loop accepted at one listener; readable from any thread.</summary>
internal sealed class AcceptCounter
{
    private long _accepted;
    private long _refused;

    /// <summary>Number of connections accepted, those refused included.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Number of connections refused.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Counts an accepted connection for its listener.</summary>
    /// <param name="isWelcome">Whether it is served, and not refused.</param>
    public void Count(bool isWelcome)
    {
        _accepted++;
        if (!isWelcome)
        {
            _refused++;
        }
    }
}
