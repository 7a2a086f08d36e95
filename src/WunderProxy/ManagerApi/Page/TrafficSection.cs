namespace WunderProxy.ManagerApi.Page;

/// <summary>The charts, on one time axis, with the marks of switches, rollbacks and verdicts.</summary>
internal static class TrafficSection
{
    private const int MostRows = 12;

    public static Html Write(PageModel model)
    {
        var axis = model.Axis;
        var html = Html.Of($"<div class=head><h2>Traffic</h2><nav aria-label=\"Length of the charts\">");
        foreach (var window in PageWindow.All)
        {
            html.Add($"<a href=\"?window={window.Key}\" data-window={window.Key}{(window == model.Window ? Chosen : null)}>{window.Name}</a>");
        }

        html.Add($"</nav></div><div class=charts>");
        foreach (var chart in ChartsOf(model))
        {
            html.Add($"{LineChart.Draw(chart, axis)}");
        }

        return html.Add($"</div>{MarksOf(axis)}{FiguresOf(model)}");
    }

    private static Html Chosen { get; } = Html.Of($" aria-current=true");

    private static Chart[] ChartsOf(PageModel model) =>
    [
        new("rate", "Requests per second", LinesOf(model, "", "now", point => point.Rate), Wording.Rate, 1),
        new("errors", "Error share", LinesOf(model, "", "now", point => point.ErrorShare), Wording.Share, 0.01),
        new("latency", "Response time",
            [.. LinesOf(model, " p99", "now", point => point.P99), .. LinesOf(model, " p50", "alt", point => point.P50)],
            Wording.Latency, 0.001),
        new("connections", "Connections",
            [
                new ChartLine("open", "now", [.. model.Connections.Select(point => (point.At, (double?)point.Connections))]),
                new ChartLine("in flight", "alt", [.. model.Connections.Select(point => (point.At, (double?)point.InFlight))]),
            ],
            value => Wording.Count((long)Math.Round(value)), 4),
    ];

    private static List<ChartLine> LinesOf(PageModel model, string suffix, string style, Func<SeriesPoint, double?> value) =>
    [
        .. model.Series.Select((series, index) => new ChartLine(
            series.Label + suffix,
            $"{style}{(series.IsCurrent ? "" : $" old{Math.Min(index, 2)}")}",
            [.. series.Points.Select(point => (point.At, value(point)))])),
    ];

    private static Html MarksOf(TimeAxis axis)
    {
        var html = Html.Of($"<ol class=marks aria-label=\"Marks on the time axis\">");
        for (var index = axis.Marks.Count - 1; index >= 0; index--)
        {
            var mark = axis.Marks[index];
            html.Add($"<li class={mark.Tone.Word()}><b>{TimeAxis.SignOf(index)}</b> <time datetime=\"{Wording.Machine(mark.At)}\">{Wording.Clock(mark.At)}</time> {mark.Text}</li>");
        }

        if (axis.Marks.Count == 0)
        {
            html.Add($"<li class=dim>No switch in this time.</li>");
        }

        return html.Add($"</ol>");
    }

    /// <summary>The figures behind the charts, for those who cannot see them or want to copy them.</summary>
    private static Html FiguresOf(PageModel model)
    {
        var table = new PageTable("Figures of the charts", "Until (UTC)", "Revision", "#Requests", "#Errors", "#p50", "#p99") { HasLabels = false };
        var rows = model.Series
            .SelectMany(series => series.Points.Where(point => point.Requests > 0).Select(point => (series.Label, Point: point)))
            .OrderByDescending(row => row.Point.At)
            .ToList();
        foreach (var (label, point) in rows.Take(MostRows))
        {
            table.Row(
                Wording.Clock(point.At), label, Wording.Count(point.Requests), Wording.Share(point.ErrorShare ?? 0), Wording.Latency(point.P50), Wording.Latency(point.P99));
        }

        var more = rows.Count > MostRows ? $" (the newest {MostRows})" : string.Empty;
        return Html.Of($"<details id=figures><summary>Figures as a table{more}</summary><div class=figures tabindex=0 role=group aria-label=\"Figures\">{table.End()}</div></details>");
    }
}
