namespace WunderProxy.ManagerApi.Page;

/// <summary>One row for each application: the first thing to look at where there are several.</summary>
internal static class ApplicationsSection
{
    public static Html Write(PageModel model)
    {
        var state = StateSentence.Of(model);
        var recent = model.Recent;
        var line = new ChartLine("requests", "now", [.. model.Rates.Select(rate => (rate.At, (double?)rate.PerSecond))]);
        var table = new PageTable("Applications", "Application", "State", "Revision", "#Requests/s", "#Errors", "#p50", "#p99", "#In flight", $"Last {model.Window.Name}");
        table.Row(
            Html.Of($"<b>{model.Name}</b>"),
            Html.Of($"<span class=\"tag {state.Tone.Word()}\">{state.Tone.Sign()}{model.Facts.Status}</span>"),
            Html.Of($"<span class=name>{(model.Revision is { } revision ? ShortName.Of(revision) : Wording.Nothing)}</span>"),
            Html.Of($"{Wording.Rate(recent.Rate)}"),
            Html.Of($"{(recent.ErrorShare is { } share ? Wording.Share(share) : Wording.Nothing)}"),
            Html.Of($"{Wording.Latency(recent.P50)}"),
            Html.Of($"{Wording.Latency(recent.P99)}"),
            Html.Of($"{Wording.Count(model.Status.InFlight)}"),
            Sparkline.Draw("Requests per second", line, model.Axis, Wording.Rate));
        return Html.Of($"<h2 class=sr>Applications</h2>{table.End()}");
    }
}
