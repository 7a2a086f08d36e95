namespace WunderProxy.Forwarding;

/// <summary>How sockets are driven.</summary>
public enum TransportKind
{
    /// <summary>One edge-triggered epoll loop per forwarding thread; Linux only.</summary>
    Epoll,

    /// <summary>The portable sockets of .NET.</summary>
    Sockets,
}
