namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>What <see cref="BodyPipeline.Take"/> made of its input.</summary>
internal enum TakeStatus
{
    /// <summary>All that can be judged was taken.</summary>
    NeedMore,

    /// <summary>Send what was named, then take again from the rest.</summary>
    Again,

    /// <summary>The body is complete.</summary>
    Complete,

    /// <summary>The body breaks the grammar.</summary>
    Malformed,
}
