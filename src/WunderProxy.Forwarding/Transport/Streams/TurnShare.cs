namespace WunderProxy.Forwarding.Transport.Streams;

/// <summary>What one stream may do in one turn of its loop, so that one that is always ready gives way to the others.</summary>
internal struct TurnShare
{
    private const int ReceivesPerTurn = 4;

    private uint _turn;
    private byte _taken;

    /// <summary>Takes one receive out of the share.</summary>
    /// <returns>False when the share of this turn is used up.</returns>
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
