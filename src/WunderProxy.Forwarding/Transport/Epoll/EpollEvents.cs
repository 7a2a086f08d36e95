namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>Event bits of epoll_ctl(2).</summary>
[Flags]
internal enum EpollEvents : uint
{
    None = 0,
    In = 0x1,
    Out = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    ReadHangUp = 0x2000,
    Exclusive = 1u << 28,
    EdgeTriggered = 1u << 31,

    /// <summary>All events for which a connection registers, once.</summary>
    Connection = In | Out | ReadHangUp | EdgeTriggered,
}
