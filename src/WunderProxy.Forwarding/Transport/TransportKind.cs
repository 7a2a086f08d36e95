namespace WunderProxy.Forwarding.Transport;

/// <summary>The kind of transport that drives the sockets.</summary>
public enum TransportKind
{
    /// <summary>
    /// The fastest kind that works on this machine: <see cref="Epoll"/> on Linux, else <see cref="Sockets"/>.
    /// </summary>
    Auto,

    /// <summary>One edge-triggered epoll(7) loop per forwarding thread; Linux only.</summary>
    Epoll,

    /// <summary>The portable sockets of .NET.</summary>
    Sockets,
}
