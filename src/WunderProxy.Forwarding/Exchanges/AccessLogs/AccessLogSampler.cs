namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>
/// Decides which exchanges of one loop get a line: a share of those that went well, and all others. One object for each
/// loop.
/// </summary>
/// <param name="share">The share of exchanges that went well, 0 to 1.</param>
internal sealed class AccessLogSampler(double share)
{
    /// <summary>An exchange of at least this duration, in microseconds, gets a line always.</summary>
    public const long SlowMicroseconds = 1_000_000;

    // The last 56 bits of a trace id are the random ones (W3C Trace Context Level 2).
    private const int RandomBits = 56;
    private const ulong RandomMask = (1UL << RandomBits) - 1;

    // In billionths, because a sum of shares like 0.1 is never quite 1.
    private const long Whole = 1_000_000_000;

    private readonly ulong _firstTaken = (ulong)((1 - share) * (1UL << RandomBits));
    private readonly long _share = (long)Math.Round(share * Whole);
    private long _owed;

    /// <summary>
    /// Whether the exchange gets a line. Instances with the same share decide equally about one trace; exchanges without
    /// a trace are taken in turn.
    /// </summary>
    public bool Takes(Exchange exchange, long microseconds) =>
        share >= 1 || !WentWell(exchange, microseconds) || (share > 0 && IsChosen(exchange));

    private static bool WentWell(Exchange exchange, long microseconds) =>
        exchange is { Error: ForwardError.None, Status: < 499, Tunnel: null } && microseconds < SlowMicroseconds;

    private bool IsChosen(Exchange exchange)
    {
        if (exchange.Trace is { IsNone: false } trace)
        {
            return (trace.TraceLow & RandomMask) >= _firstTaken;
        }

        _owed += _share;
        if (_owed < Whole)
        {
            return false;
        }

        _owed -= Whole;
        return true;
    }
}
