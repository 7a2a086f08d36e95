namespace WunderProxy.Forwarding.Fallback;

/// <summary>The secret by which instances know one another's fallbacks; it can be read anew while it is in use.</summary>
public sealed class PeerKey
{
    private readonly Func<byte[]> _read;
    private volatile byte[] _bytes;

    /// <summary>Reads the key.</summary>
    /// <param name="read">Reads it from where it is kept; what it throws is the caller's.</param>
    public PeerKey(Func<byte[]> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _read = read;
        _bytes = read();
    }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads the key again; when that throws, the key stays as it was.</summary>
    public void Reload() => _bytes = _read();
}
