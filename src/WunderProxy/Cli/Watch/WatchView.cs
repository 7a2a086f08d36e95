namespace WunderProxy.Cli.Watch;

/// <summary>Which part of which page is seen: moved by keys, and kept within what there is.</summary>
internal sealed class WatchView
{
    private const int PageStep = 10;

    private int _page;
    private int _first;

    /// <summary>Whether the person wants no more.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Obeys a key: arrows, page up and down, home, end, and q or escape to quit.</summary>
    public void OnKey(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.Q or ConsoleKey.Escape:
                IsDone = true;
                break;
            case ConsoleKey.LeftArrow:
                Turn(-1);
                break;
            case ConsoleKey.RightArrow or ConsoleKey.Tab:
                Turn(1);
                break;
            case ConsoleKey.UpArrow:
                Scroll(-1);
                break;
            case ConsoleKey.DownArrow:
                Scroll(1);
                break;
            case ConsoleKey.PageUp:
                Scroll(-PageStep);
                break;
            case ConsoleKey.PageDown or ConsoleKey.Spacebar:
                Scroll(PageStep);
                break;
            case ConsoleKey.Home:
                _first = 0;
                break;
            case ConsoleKey.End:
                _first = int.MaxValue - PageStep;
                break;
        }
    }

    /// <summary>Returns the lines of the screen: title, part of the page, help.</summary>
    /// <param name="pages">The pages at present.</param>
    /// <param name="height">Number of lines of the screen.</param>
    public IReadOnlyList<ScreenLine> Frame(IReadOnlyList<WatchPage> pages, int height)
    {
        if (pages.Count == 0)
        {
            return [];
        }

        _page = ((_page % pages.Count) + pages.Count) % pages.Count;
        var page = pages[_page];
        var room = Math.Max(1, height - 2);
        _first = Math.Clamp(_first, 0, Math.Max(0, page.Lines.Count - room));
        var more = page.Lines.Count - room - _first;
        var title = new ScreenLine().Add(page.Title, Tone.Strong);
        var help = pages.Count > 1 ? $"left, right: {_page + 1} of {pages.Count}  " : string.Empty;
        help += page.Lines.Count > room ? $"up, down: {(more > 0 ? $"{more} more lines" : "scroll")}  " : string.Empty;
        return
        [
            title,
            .. page.Lines.Skip(_first).Take(room),
            .. Enumerable.Repeat(new ScreenLine(), Math.Max(0, room - page.Lines.Count)),
            new ScreenLine().Add($"{help}q: quit", Tone.Quiet),
        ];
    }

    private void Turn(int step)
    {
        _page += step;
        _first = 0;
    }

    private void Scroll(int step) => _first = Math.Max(0, _first + step);
}
