namespace WunderProxy.ManagerApi.Page;

/// <summary>One line of a chart, with its name in the legend.</summary>
/// <param name="Label">The name in the legend.</param>
/// <param name="Style">The class of the line: <c>now</c>, <c>now2</c>, <c>old</c> or <c>old2</c>.</param>
/// <param name="Values">Points in time with their values, oldest first; a value of null breaks the line.</param>
internal sealed record ChartLine(
    string Label, string Style, IReadOnlyList<(DateTimeOffset At, double? Value)> Values)
{
    /// <summary>The newest value; null if there is none.</summary>
    public double? Last => Values.Count > 0 ? Values[^1].Value : null;
}
