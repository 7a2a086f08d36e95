namespace WunderProxy.Forwarding.Http1;

/// <summary>The three outcomes of every parser entry.</summary>
internal enum ParseStatus
{
    /// <summary>The element is complete; the consumed count says how many bytes it had.</summary>
    Done,

    /// <summary>The input ends before the element does; nothing is consumed.</summary>
    NeedMore,

    /// <summary>The input breaks the grammar or a limit; the reason is given beside this value.</summary>
    Rejected,
}
