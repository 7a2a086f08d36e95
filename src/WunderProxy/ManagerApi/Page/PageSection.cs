namespace WunderProxy.ManagerApi.Page;

/// <summary>One part of the page, which is replaced as a whole while the page is live.</summary>
/// <param name="Id">The id of its element.</param>
/// <param name="Style">The class of its element.</param>
/// <param name="Write">Writes its content; returns null where there is nothing to show, now and later.</param>
internal sealed record PageSection(string Id, string Style, Func<PageModel, Html?> Write);
