namespace WunderProxy.Forwarding.Fallback;

/// <summary>The secret by which instances recognise each other's fallbacks; may be read again while in use.</summary>
public sealed class PeerKey
{
    private readonly Func<byte[]> _read;
    private volatile byte[] _bytes;

    /// <summary>Reads the key for the first time.</summary>
    /// <param name="read">Reads the key from where it is stored; exceptions are passed to the caller.</param>
    public PeerKey(Func<byte[]> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _read = read;
        _bytes = read();
    }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads the key again; if that throws, the old key stays in use.</summary>
    public void Reload() => _bytes = _read();
}
