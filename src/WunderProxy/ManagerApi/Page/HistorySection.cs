namespace WunderProxy.ManagerApi.Page;

/// <summary>The history: who deployed what and when, how long that took, how long it served and how it ended; with the way back.</summary>
internal static class HistorySection
{
    public static Html? Write(PageModel model)
    {
        if (!model.HasContainers)
        {
            return null;
        }

        var html = Html.Of($"<h2>History</h2>");
        if (model.History is not { } history)
        {
            return html.Add($"<p class=dim>The history has not been read from the store yet.</p>");
        }

        if (history.Count == 0)
        {
            return html.Add($"<p class=dim>Nothing has been deployed yet.</p>");
        }

        var table = new PageTable("Deployments, newest first", "Revision", "Deployed (UTC)", "By", "Took", "Served", "Ended", "Diff", "Way back");
        HistoryRow[] entries = [.. history.Where(row => row.IsEntry)];
        foreach (var row in history)
        {
            var before = row.IsEntry ? entries.ElementAtOrDefault(Array.IndexOf(entries, row) + 1) : null;
            table.Row(
                row.IsCurrent,
                Named(row),
                Html.Of($"{Wording.Time(row.At)}"),
                model.Told(row.By),
                Html.Of($"{Took(row.Seconds)}"),
                Html.Of($"{(row.Served is { } served ? Wording.Span(served) : "")}"),
                row.End.Length == 0 ? Html.Of($"") : Html.Of($"<span class=name>{row.End}</span>"),
                model.HasDiff && before is not null ? Changes(row, before) : Html.Of($""),
                WayBack(model, row));
        }

        return html.Add($"<div class=scroll tabindex=0 role=group aria-label=\"Deployments\">{table.End()}</div>{(model.HasDiff ? Compare(entries) : null)}");
    }

    private static Html Named(HistoryRow row)
    {
        var name = Html.Of($"<span class=name>{ShortName.Of(row.Revision)}</span>");
        return row.Kind.Length == 0 ? name : Html.Of($"<span>{name} <span class=dim>{row.Kind}</span></span>");
    }

    private static string Took(double? seconds) => seconds switch
    {
        null => "",
        < 100 => Wording.Latency(seconds.Value),
        _ => Wording.Span(TimeSpan.FromSeconds(seconds.Value)),
    };

    private static Html Changes(HistoryRow row, HistoryRow before) =>
        Html.Of($"<a data-diff href=\"diff?from={before.Hash}&amp;to={row.Hash}\">diff<span class=sr> with {ShortName.Of(before.Revision)}</span></a>");

    private static Html WayBack(PageModel model, HistoryRow row) => !row.IsEntry ? Html.Of($"")
        : row.Way == HistoryRows.InService ? Html.Of($"{row.Way}")
        : !model.MayAct ? Html.Of($"<span title=\"{row.Way}\">{row.Way}</span>")
        : new ActionButton(
            "Roll back", "rollback", row.Hash, $"Roll back to {ShortName.Of(row.Revision)}?", $"{row.Way}.")
        {
            Subject = $"to {ShortName.Of(row.Revision)} of {Wording.Time(row.At)}",
        }.Write();

    /// <summary>Two lists and a button, which the script shows: any two entries can be compared.</summary>
    private static Html? Compare(HistoryRow[] history)
    {
        if (history.Length < 2)
        {
            return null;
        }

        return Html.Of($"<div class=\"compare script\"><label>Compare {Choice("from", history, 1)}</label> <label>with {Choice("to", history, 0)}</label> <button type=button data-compare>Show the difference</button></div>");
    }

    private static Html Choice(string id, HistoryRow[] history, int chosen)
    {
        var html = Html.Of($"<select id=\"compare-{id}\">");
        for (var index = 0; index < history.Length; index++)
        {
            html.Add($"<option value=\"{history[index].Hash}\"{(index == chosen ? Selected : null)}>{ShortName.Of(history[index].Revision)}, {Wording.Time(history[index].At)}</option>");
        }

        return html.Add($"</select>");
    }

    private static Html Selected { get; } = Html.Of($" selected");
}
