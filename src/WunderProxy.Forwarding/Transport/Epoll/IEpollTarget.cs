namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>Receives the events of one descriptor.</summary>
internal interface IEpollTarget
{
    /// <summary>
    /// Number of the registration. Within a batch of events a descriptor may be closed and its number reused by another
    /// one; the generation tells later events of the two apart.
    /// </summary>
    uint Generation { get; set; }

    /// <summary>Whether the descriptor is one of those that <see cref="EpollLoop.ConnectionCount"/> counts.</summary>
    bool IsConnection { get; }

    /// <summary>Handles events that the kernel reported for the descriptor.</summary>
    void OnEvents(EpollEvents events);

    /// <summary>Closes the descriptor, because the loop ends.</summary>
    void OnLoopEnds();
}
