using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>A connection that we opened to an upstream, in use or idle in the pool of its loop.</summary>
internal sealed class UpstreamConnection : IConnectionWatcher
{
    private readonly LoopUpstream _part;
    private readonly UpstreamLimit _limit;
    private bool _isClosed;

    /// <summary>Counts an opened connection in until it is closed.</summary>
    public UpstreamConnection(LoopUpstream part, TransportConnection transport, UpstreamLimit limit)
    {
        _part = part;
        _limit = limit;
        Transport = transport;
        AddressVersion = part.Upstream.AddressVersion;
        limit.OnOpened();
    }

    /// <summary>The bytes.</summary>
    public TransportConnection Transport { get; }

    /// <summary>Whether an exchange was served on it before, so that the upstream may have closed it meanwhile.</summary>
    public bool IsReused { get; internal set; }

    /// <summary><see cref="Upstream.AddressVersion"/> when it was opened.</summary>
    internal int AddressVersion { get; }

    internal bool IsIdle { get; set; }

    internal long IdleSinceMilliseconds { get; set; }

    internal UpstreamConnection? Older { get; set; }

    internal UpstreamConnection? Newer { get; set; }

    /// <summary>Closes it; nobody reads from it any more.</summary>
    public void Close()
    {
        Transport.Close();
        Transport.Input.Complete();
        CountOut();
    }

    /// <summary>Resets it; nobody reads from it any more.</summary>
    public void Abort()
    {
        Transport.Abort();
        Transport.Input.Complete();
        CountOut();
    }

    /// <inheritdoc/>
    public void OnPeerClosed(TransportConnection connection, CloseReason reason) => _part.Pool.OnPeerClosed(this);

    private void CountOut()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _limit.OnClosed();
        }
    }
}
