namespace WunderProxy.Fuzz.Proxy;

/// <summary>What the origin does after an answer.</summary>
internal enum ReplyEnd
{
    /// <summary>It waits for the next request.</summary>
    Keep,

    /// <summary>It ends its stream.</summary>
    Close,

    /// <summary>It resets the connection.</summary>
    Reset,

    /// <summary>It goes on to be silent.</summary>
    Mute,
}
