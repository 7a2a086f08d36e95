namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>What the events of a connected socket mean to its connection.</summary>
internal static class EpollEventsExtensions
{
    /// <summary>Whether bytes, or the end of the stream, may be received.</summary>
    public static bool HasReadable(this EpollEvents events) => (events & ~EpollEvents.Out) != EpollEvents.None;

    /// <summary>Whether a send can make progress, if only to learn of an error.</summary>
    public static bool HasWritable(this EpollEvents events) =>
        (events & (EpollEvents.Out | EpollEvents.Error | EpollEvents.HangUp)) != EpollEvents.None;

    /// <summary>Returns how the remote end has ended; <see cref="CloseReason.None"/> if it has not.</summary>
    public static CloseReason RemoteEnd(this EpollEvents events)
    {
        if ((events & EpollEvents.Error) != EpollEvents.None)
        {
            return CloseReason.RemoteReset;
        }

        return (events & (EpollEvents.ReadHangUp | EpollEvents.HangUp)) != EpollEvents.None
            ? CloseReason.RemoteFinished
            : CloseReason.None;
    }
}
