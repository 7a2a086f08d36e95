namespace WunderProxy.Fuzz.Proxy;

/// <summary>How far a message could be read.</summary>
internal enum ReadState
{
    /// <summary>It may go on; nothing so far breaks the grammar.</summary>
    Partial,

    /// <summary>It is all there.</summary>
    Complete,

    /// <summary>It breaks the grammar.</summary>
    Invalid,
}
