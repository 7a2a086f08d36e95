namespace WunderProxy.Forwarding.Http1;

/// <summary>The three outcomes of every parse method.</summary>
internal enum ParseStatus
{
    /// <summary>The element is complete; the consumed count gives its length in bytes.</summary>
    Done,

    /// <summary>The input ends before the element does; nothing is consumed.</summary>
    NeedMore,

    /// <summary>The input breaks the grammar or exceeds a limit; the reason is returned beside this value.</summary>
    Rejected,
}
