namespace WunderProxy.ManagerApi.Page;

/// <summary>The history: who deployed what and when, how long it served and how that ended; with the way back.</summary>
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

        var table = new PageTable("Deployments, newest first", "Revision", "Deployed (UTC)", "By", "Served", "Replaced by", "Diff", "Way back");
        for (var index = 0; index < history.Count; index++)
        {
            var row = history[index];
            table.Row(
                row.IsCurrent,
                Html.Of($"<span class=name>{row.Revision}</span>"),
                Html.Of($"{Wording.Time(row.At)}"),
                Html.Of($"{row.By}"),
                Html.Of($"{Wording.Span(row.Served)}"),
                Html.Of($"<span class=name>{row.ReplacedBy}</span>"),
                model.HasDiff && index + 1 < history.Count ? Changes(row, history[index + 1]) : Html.Of($""),
                WayBack(model, row));
        }

        return html.Add($"<div class=scroll tabindex=0 role=group aria-label=\"Deployments\">{table.End()}</div>{(model.HasDiff ? Compare(history) : null)}");
    }

    private static Html Changes(HistoryRow row, HistoryRow before) =>
        Html.Of($"<a data-diff href=\"diff?from={before.Hash}&amp;to={row.Hash}\">diff<span class=sr> of {before.Revision} and {row.Revision}</span></a>");

    private static Html WayBack(PageModel model, HistoryRow row) => row.IsCurrent || !model.MayAct
        ? Html.Of($"<span title=\"{row.Way}\">{(row.IsCurrent ? "in service" : row.Way)}</span>")
        : new ActionButton(
            "Roll back", "rollback", row.Hash, $"Roll back to {row.Revision}?", $"{row.Way}.")
        {
            Subject = $"to {row.Revision} of {Wording.Time(row.At)}",
        }.Write();

    /// <summary>Two lists and a button, which the script shows: any two entries can be compared.</summary>
    private static Html? Compare(IReadOnlyList<HistoryRow> history)
    {
        if (history.Count < 2)
        {
            return null;
        }

        return Html.Of($"<div class=\"compare script\"><label>Compare {Choice("from", history, 1)}</label> <label>with {Choice("to", history, 0)}</label> <button type=button data-compare>Show the difference</button></div>");
    }

    private static Html Choice(string id, IReadOnlyList<HistoryRow> history, int chosen)
    {
        var html = Html.Of($"<select id=\"compare-{id}\">");
        for (var index = 0; index < history.Count; index++)
        {
            html.Add($"<option value=\"{history[index].Hash}\"{(index == chosen ? Selected : null)}>{history[index].Revision}, {Wording.Time(history[index].At)}</option>");
        }

        return html.Add($"</select>");
    }

    private static Html Selected { get; } = Html.Of($" selected");
}
