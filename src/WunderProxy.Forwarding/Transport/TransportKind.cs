namespace WunderProxy.Forwarding.Transport;

/// <summary>How sockets are driven.</summary>
public enum TransportKind
{
    /// <summary>The fastest that works here: <see cref="Epoll"/> on Linux, else <see cref="Sockets"/>.</summary>
    Auto,

    /// <summary>The portable sockets of the runtime.</summary>
    Sockets,

    /// <summary>Linux epoll (epoll(7)), one loop per forwarding thread.</summary>
    Epoll,
}
