namespace WunderProxy.ManagerApi.Page;

/// <summary>What one chart shows: its lines, and how they are scaled and named.</summary>
/// <param name="Id">A name that is unique on the page.</param>
/// <param name="Title">The heading.</param>
/// <param name="Lines">The lines, the most important one first.</param>
/// <param name="Write">Writes a value with its unit.</param>
/// <param name="Least">The smallest upper end of the scale.</param>
internal sealed record Chart(
    string Id, string Title, IReadOnlyList<ChartLine> Lines, Func<double, string> Write, double Least);
