using System.Globalization;
using System.Text;

namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// Draws lines over time as markup: a pure function of the points. Labels are text beside the drawing, so that they
/// keep their size when the drawing is stretched; the drawing itself is an image with a description.
/// </summary>
internal static class LineChart
{
    private const int Width = 1000;
    private const int Height = 100;
    private const double NoRoomToTheRight = 0.97;

    /// <summary>Marks that are closer than this have their signs below one another.</summary>
    private const double TooClose = 0.025;
    private const int Levels = 8;

    /// <summary>Draws a chart as inline SVG, with its legend and labels.</summary>
    public static Html Draw(Chart chart, TimeAxis axis)
    {
        var top = ChartScale.RoundUp(LargestOf(chart), chart.Least);
        var html = Html.Of($"<figure class=chart><figcaption><h3>{chart.Title}</h3>{Legend(chart)}</figcaption>");
        html.Add($"<div class=y aria-hidden=true><span>{chart.Write(top)}</span><span>{chart.Write(top / 2)}</span><span>{chart.Write(0)}</span></div>");
        html.Add($"<svg class=plot role=img aria-label=\"{Describe(chart, axis)}\">");
        html.Add($"<path class=grid d=\"M0 1H9999M0 60H9999M0 119H9999\"/>{Marks(axis)}");
        html.Add($"<svg viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=none width=100% height=100%>");
        foreach (var line in chart.Lines.Reverse())
        {
            html.Add($"<path class=\"line {line.Style}\" d=\"{PathOf(line, axis, top)}\"/>");
        }

        return html.Add($"</svg></svg>{Times(axis)}</figure>");
    }

    /// <summary>Says in words what a chart shows.</summary>
    public static string Describe(Chart chart, TimeAxis axis)
    {
        var text = new StringBuilder($"{chart.Title}, last {axis.Window.Name}.");
        foreach (var line in chart.Lines)
        {
            var values = line.Values.Where(point => axis.Has(point.At)).Select(point => point.Value).OfType<double>().ToList();
            text.Append(CultureInfo.InvariantCulture, $" {line.Label}: ").Append(
                values.Count == 0 ? "nothing."
                    : $"{chart.Write(values[^1])} at the end, between {chart.Write(values.Min())} and {chart.Write(values.Max())}.");
        }

        return text.ToString();
    }

    /// <summary>Writes the data of an SVG path; points before the axis are left out.</summary>
    internal static string PathOf(ChartLine line, TimeAxis axis, double top)
    {
        var path = new StringBuilder();
        var isOpen = false;
        foreach (var (at, value) in line.Values)
        {
            if (value is not { } number || !axis.Has(at))
            {
                isOpen = false;
                continue;
            }

            var x = (int)Math.Round(axis.PlaceOf(at) * Width);
            var y = (int)Math.Round(Height - 1 - Math.Clamp(number / top, 0, 1) * (Height - 2));
            path.Append(isOpen ? 'L' : 'M').Append(x).Append(' ').Append(y);
            if (!isOpen)
            {
                // A point without a neighbour shows as a dot, since the ends of lines are round.
                path.Append("h0");
            }

            isOpen = true;
        }

        return path.ToString();
    }

    private static double LargestOf(Chart chart) =>
        chart.Lines.SelectMany(line => line.Values).Select(point => point.Value ?? 0).DefaultIfEmpty().Max();

    private static Html Legend(Chart chart)
    {
        var html = Html.Of($"<ul class=legend>");
        foreach (var line in chart.Lines)
        {
            html.Add($"<li><svg class=key aria-hidden=true><path class=\"line {line.Style}\" d=\"M1 5h16\"/></svg><span class=name>{line.Label}</span> <b>{(line.Last is { } last ? chart.Write(last) : Wording.Nothing)}</b></li>");
        }

        return html.Add($"</ul>");
    }

    private static Html Marks(TimeAxis axis)
    {
        var html = new Html();
        var (last, level) = (double.NegativeInfinity, 0);
        for (var index = 0; index < axis.Marks.Count; index++)
        {
            var mark = axis.Marks[index];
            var place = axis.PlaceOf(mark.At);
            level = place - last < TooClose ? (level + 1) % Levels : 0;
            last = place;
            var x = (place * 100).ToString("0.##", CultureInfo.InvariantCulture);
            var side = place > NoRoomToTheRight ? ToTheLeft : ToTheRight;
            html.Add($"<g class=\"mark {mark.Tone.Word()}\"><line x1={x}% x2={x}% y2=120 /><text x={x}% y={11 + level * 12}{side}>{TimeAxis.SignOf(index)}</text></g>");
        }

        return html;
    }

    private static Html ToTheRight { get; } = Html.Of($" dx=3");

    private static Html ToTheLeft { get; } = Html.Of($" dx=-3 text-anchor=end");

    private static string LabelOf(TimeAxis axis, int quarter)
    {
        var at = axis.Start + axis.Window.Span * (quarter / 4.0);
        return axis.Window == PageWindow.FiveMinutes ? Wording.Clock(at) : Wording.Minute(at);
    }

    private static Html Times(TimeAxis axis)
    {
        var html = Html.Of($"<div class=x aria-hidden=true>");
        for (var quarter = 0; quarter <= 4; quarter++)
        {
            html.Add($"<span>{LabelOf(axis, quarter)}</span>");
        }

        return html.Add($"</div>");
    }
}
