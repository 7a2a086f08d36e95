namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>The result of <see cref="BodyPipeline.Take"/> for its input.</summary>
internal enum TakeStatus
{
    /// <summary>Everything that can be judged was taken.</summary>
    NeedMore,

    /// <summary>The caller sends the named part and then calls again with the rest.</summary>
    Again,

    /// <summary>The body is complete; nothing more is taken from the input.</summary>
    Complete,

    /// <summary>The body breaks the grammar of its framing.</summary>
    Malformed,
}
