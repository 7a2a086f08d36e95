namespace WunderProxy.ManagerApi.Page;

/// <summary>The figures of earlier upstreams since the start of the process, for comparison with the one in service.</summary>
internal static class EarlierSection
{
    public static Html? Write(PageModel model)
    {
        var html = Html.Of($"<h2>Compared with earlier ones</h2>");
        if (model.Facts.Previous.Count == 0)
        {
            return html.Add($"<p class=dim>No switch since the start.</p>");
        }

        var table = new PageTable("Earlier upstreams", "Revision", "Since (UTC)", "#Requests", "#5xx", "#p50", "#p99");
        if (model.Status.Upstream is { } upstream)
        {
            var times = model.Status.ResponseTimes;
            table.Row(
                isCurrent: true,
                Html.Of($"<span class=name>{ShortName.Of(upstream.Revision)}</span>"),
                Html.Of($"{Wording.Time(upstream.Since)}"),
                Html.Of($"{Wording.Count(model.Status.Requests)}"),
                Html.Of($"{Wording.Count(model.Status.StatusCodes.Classes.GetValueOrDefault("5xx"))}"),
                Html.Of($"{Wording.Latency(times.P50)}"),
                Html.Of($"{Wording.Latency(times.P99)}"));
        }

        foreach (var previous in model.Facts.Previous)
        {
            table.Row(
                ShortName.Of(previous.Revision),
                Wording.Time(previous.Since),
                Wording.Count(previous.Requests),
                Wording.Count(previous.Classes.GetValueOrDefault("5xx")),
                Wording.Latency(previous.ResponseTimes.P50),
                Wording.Latency(previous.ResponseTimes.P99));
        }

        return html.Add($"<div class=scroll tabindex=0 role=group aria-label=\"Earlier upstreams, list\">{table.End()}</div>");
    }
}
