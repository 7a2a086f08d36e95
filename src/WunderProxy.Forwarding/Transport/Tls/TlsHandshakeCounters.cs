namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>Counts handshakes by their outcome. Counted on all loops: a handshake costs so much that sharing does not matter.</summary>
public sealed class TlsHandshakeCounters
{
    private readonly long[] _failed = new long[Enum.GetValues<TlsFailure>().Length];
    private long _full;
    private long _resumed;
    private long _tls12;

    /// <summary>Full handshakes that completed; with the engine of the runtime, resumed ones too.</summary>
    public long Full => Volatile.Read(ref _full);

    /// <summary>Handshakes that resumed an earlier session.</summary>
    public long Resumed => Volatile.Read(ref _resumed);

    /// <summary>Handshakes of TLS 1.2, full and resumed; all others are of TLS 1.3.</summary>
    public long Tls12 => Volatile.Read(ref _tls12);

    /// <summary>Handshakes that failed for a reason.</summary>
    public long Failed(TlsFailure reason) => Volatile.Read(ref _failed[(int)reason]);

    /// <summary>Counts a handshake that completed.</summary>
    internal void Count(TlsDetails details)
    {
        Interlocked.Increment(ref details.IsResumed ? ref _resumed : ref _full);
        if (string.Equals(details.Protocol, TlsDetails.Version12, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _tls12);
        }
    }

    /// <summary>Counts a handshake that failed.</summary>
    internal void Count(TlsFailure reason) => Interlocked.Increment(ref _failed[(int)reason]);
}
