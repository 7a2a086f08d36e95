namespace WunderProxy.ManagerApi.Page;

/// <summary>A line without axes that fits into a row of a table.</summary>
internal static class Sparkline
{
    /// <summary>Draws values over time, scaled to the largest of them.</summary>
    /// <param name="name">What the values are, for the description.</param>
    /// <param name="line">The values.</param>
    /// <param name="axis">The stretch of time.</param>
    /// <param name="write">Writes a value with its unit.</param>
    public static Html Draw(string name, ChartLine line, TimeAxis axis, Func<double, string> write)
    {
        var largest = line.Values.Select(point => point.Value ?? 0).DefaultIfEmpty().Max();
        var top = largest > 0 ? largest : 1;
        return Html.Of($"<svg class=spark role=img aria-label=\"{name}, last {axis.Window.Name}: at most {write(largest)}\" viewBox=\"0 0 1000 100\" preserveAspectRatio=none><path class=\"line {line.Style}\" d=\"{LineChart.PathOf(line, axis, top)}\"/></svg>");
    }
}
