namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>
/// Bounds the receives of one stream in one turn of its loop, so that a stream that is always ready gives way to
/// others.
/// </summary>
internal struct TurnShare
{
    private const int ReceivesPerTurn = 4;

    private uint _turn;
    private byte _taken;

    /// <summary>Takes one receive from the bound of this turn.</summary>
    /// <returns>False if the bound of this turn is reached.</returns>
    public bool TryTake(uint turn)
    {
        if (_turn != turn)
        {
            _turn = turn;
            _taken = 0;
        }

        if (_taken == ReceivesPerTurn)
        {
            return false;
        }

        _taken++;
        return true;
    }
}
