using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Upstreams;

/// <summary>
/// A connection that this process opened to an endpoint, in use or idle in the endpoint's pool on its loop.
/// </summary>
internal sealed class UpstreamConnection : IConnectionWatcher
{
    private readonly EndpointPool _pool;
    private readonly UpstreamLimit _limit;
    private bool _isClosed;

    /// <summary>Creates the connection and counts it until it is closed.</summary>
    public UpstreamConnection(EndpointPool pool, TransportConnection transport, UpstreamLimit limit)
    {
        _pool = pool;
        _limit = limit;
        Transport = transport;
        AddressVersion = pool.Endpoint.AddressVersion;
        limit.OnOpened();
        pool.OnOpened();
    }

    /// <summary>The transport connection that carries the bytes.</summary>
    public TransportConnection Transport { get; }

    /// <summary>
    /// Whether the connection has carried an exchange before, so that the upstream may have closed it meanwhile.
    /// </summary>
    public bool IsReused { get; internal set; }

    /// <summary>The value of <see cref="Endpoint.AddressVersion"/> when the connection was opened.</summary>
    internal int AddressVersion { get; }

    internal bool IsIdle { get; set; }

    internal long IdleSinceMilliseconds { get; set; }

    internal UpstreamConnection? Older { get; set; }

    internal UpstreamConnection? Newer { get; set; }

    /// <summary>Keeps the connection for the next exchange, or closes it if it cannot carry one.</summary>
    public void Return() => _pool.Return(this);

    /// <summary>Closes the connection; nobody may be reading from it.</summary>
    public void Close()
    {
        Transport.Close();
        Transport.Input.Complete();
        CountOut();
    }

    /// <summary>Resets the connection; nobody may be reading from it.</summary>
    public void Abort()
    {
        Transport.Abort();
        Transport.Input.Complete();
        CountOut();
    }

    /// <inheritdoc/>
    public void OnRemoteClosed(TransportConnection connection, CloseReason reason) => _pool.OnRemoteClosed(this);

    private void CountOut()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _limit.OnClosed();
            _pool.OnClosed();
        }
    }
}
