using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>A connection that we opened to an upstream, in use or idle in the pool of its loop.</summary>
internal sealed class UpstreamConnection(UpstreamShare share, TransportConnection transport) : IConnectionWatcher
{
    /// <summary>The bytes.</summary>
    public TransportConnection Transport { get; } = transport;

    /// <summary>Whether an exchange was served on it before, so that the upstream may have closed it meanwhile.</summary>
    public bool IsReused { get; internal set; }

    internal bool IsIdle { get; set; }

    internal long IdleSinceMilliseconds { get; set; }

    internal UpstreamConnection? Older { get; set; }

    internal UpstreamConnection? Newer { get; set; }

    /// <summary>Closes it; nobody reads from it any more.</summary>
    public void Close()
    {
        Transport.Close();
        Transport.Input.Complete();
    }

    /// <summary>Resets it; nobody reads from it any more.</summary>
    public void Abort()
    {
        Transport.Abort();
        Transport.Input.Complete();
    }

    /// <inheritdoc/>
    public void OnPeerClosed(TransportConnection connection, CloseReason reason) => share.Pool.OnPeerClosed(this);
}
