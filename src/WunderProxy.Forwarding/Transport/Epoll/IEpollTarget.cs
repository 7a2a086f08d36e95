namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>What gets the events of a descriptor.</summary>
internal interface IEpollTarget
{
    /// <summary>
    /// Number of the registration. An event further on in a batch may belong to a descriptor that was closed, and its
    /// number given to another one, earlier in the same batch; the generation tells them apart.
    /// </summary>
    uint Generation { get; set; }

    /// <summary>Handles what the kernel reported.</summary>
    void OnEvents(EpollEvents events);

    /// <summary>The loop ends: gives up the descriptor.</summary>
    void OnLoopEnds();
}
