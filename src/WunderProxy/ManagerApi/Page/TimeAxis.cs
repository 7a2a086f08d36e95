namespace WunderProxy.ManagerApi.Page;

/// <summary>The time axis that all charts of the page share.</summary>
/// <param name="Window">The stretch of time shown.</param>
/// <param name="End">Its end, the present.</param>
/// <param name="Marks">The marks within the window, oldest first.</param>
internal sealed record TimeAxis(PageWindow Window, DateTimeOffset End, IReadOnlyList<PageMark> Marks)
{
    /// <summary>Time at the left end of the axis.</summary>
    public DateTimeOffset Start => End - Window.Span;

    /// <summary>Whether a point in time lies on the axis.</summary>
    public bool Has(DateTimeOffset at) => at >= Start && at <= End;

    /// <summary>Returns where a point in time lies: 0 at the start, 1 at the end.</summary>
    public double PlaceOf(DateTimeOffset at) => Math.Clamp((at - Start) / Window.Span, 0, 1);

    /// <summary>Returns the sign of a mark, by which the list below the charts names it.</summary>
    public static string SignOf(int index) => index < 26 ? ((char)('A' + index)).ToString() : "+";
}
