namespace WunderProxy.Forwarding.Transport;

/// <summary>How sockets are driven.</summary>
public enum TransportKind
{
    /// <summary>The fastest that works here: <see cref="Epoll"/> on Linux, else <see cref="Sockets"/>.</summary>
    Auto,

    /// <summary>One edge-triggered epoll(7) loop per forwarding thread; Linux only.</summary>
    Epoll,

    /// <summary>The portable sockets of .NET.</summary>
    Sockets,
}
