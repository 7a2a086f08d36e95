namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// Writes a table. Roles are written out, because browsers forget them when a narrow screen shows the cells of a row
/// below one another; each cell then carries its column's name.
/// </summary>
internal sealed class PageTable
{
    private readonly string[] _columns;
    private readonly Html _html;

    /// <summary>Whether cells carry their column's name, for narrow screens; not worth its bytes for many small rows.</summary>
    public bool HasLabels { get; init; } = true;

    /// <summary>Begins a table with its head.</summary>
    /// <param name="label">What the table lists, for screen readers.</param>
    /// <param name="columns">The names of the columns; a name that begins with <c>#</c> is that of numbers.</param>
    public PageTable(string label, params string[] columns)
    {
        _columns = columns;
        _html = Html.Of($"<table role=table aria-label=\"{label}\"><thead role=rowgroup><tr role=row>");
        foreach (var column in columns)
        {
            _html.Add($"<th role=columnheader{ClassOf(column)}>{NameOf(column)}</th>");
        }

        _html.Add($"</tr></thead><tbody role=rowgroup>");
    }

    /// <summary>Writes a row; markup cells stand as they are.</summary>
    public PageTable Row(params ReadOnlySpan<Html> cells) => Row(isCurrent: false, cells);

    /// <summary>Writes a row of the table, marked if it is about what is in service; markup cells stand as they are.</summary>
    /// <param name="isCurrent">Whether the row is about what is in service.</param>
    /// <param name="cells">The cells, one for each column.</param>
    public PageTable Row(bool isCurrent, params ReadOnlySpan<Html> cells)
    {
        _html.Add($"<tr role=row{(isCurrent ? Current : null)}>");
        for (var index = 0; index < cells.Length; index++)
        {
            _html.Add($"<td role=cell{ClassOf(_columns[index])}{Label(index, cells[index])}>{cells[index]}</td>");
        }

        _html.Add($"</tr>");
        return this;
    }

    /// <summary>Writes a row of plain texts, which are escaped.</summary>
    public PageTable Row(params ReadOnlySpan<string> cells)
    {
        var markup = new Html[cells.Length];
        for (var index = 0; index < cells.Length; index++)
        {
            markup[index] = Html.Of($"{cells[index]}");
        }

        return Row(isCurrent: false, markup);
    }

    /// <summary>Ends the table and returns its markup.</summary>
    public Html End() => _html.Add($"</tbody></table>");

    private Html? Label(int index, Html cell) => HasLabels && !cell.IsEmpty ? Html.Of($" data-label=\"{NameOf(_columns[index])}\"") : null;

    private static Html Current { get; } = Html.Of($" class=current aria-current=true");

    private static Html Numbers { get; } = Html.Of($" class=n");

    private static Html? ClassOf(string column) => column.StartsWith('#') ? Numbers : null;

    private static string NameOf(string column) => column.TrimStart('#');
}
