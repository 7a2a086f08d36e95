namespace WunderProxy.ManagerApi.Page;

/// <summary>What the reader of a page may see and do.</summary>
internal enum PageRights
{
    /// <summary>The reader sees states, codes, counts, times and revisions.</summary>
    Stranger,

    /// <summary>The reader sees everything, but sent no token with which the page could call.</summary>
    Reader,

    /// <summary>The reader sees everything, and the page can make changes with the reader's token.</summary>
    Operator,
}
