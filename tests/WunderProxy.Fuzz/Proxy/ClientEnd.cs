namespace WunderProxy.Fuzz.Proxy;

/// <summary>How a client ends.</summary>
internal enum ClientEnd
{
    /// <summary>It takes its answers, then ends its stream.</summary>
    Finish,

    /// <summary>It takes its answers, then resets.</summary>
    Reset,

    /// <summary>It ends its stream at once.</summary>
    FinishEarly,

    /// <summary>It resets at once.</summary>
    ResetEarly,
}
