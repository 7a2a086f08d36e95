using WunderProxy.Cli.Watch;

namespace WunderProxy.Tests.Cli.Watch;

[Parallelizable(ParallelScope.All)]
internal sealed class ScreenTests
{
    [TestCase(new double[0], "")]
    [TestCase(new[] { 0.0, 0.0 }, "  ")]
    [TestCase(new[] { 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0 }, "▁▂▃▄▅▆▇█")]
    [TestCase(new[] { 0.001, 1_000_000, 0 }, "▁█ ")]
    [TestCase(new[] { 5.0 }, "█")]
    public void Bars_are_as_high_as_the_values(double[] values, string bars) =>
        Assert.That(Sparkline.Of(values), Is.EqualTo(bars));

    [TestCase(3, "abc")]
    [TestCase(5, "abcde")]
    [TestCase(0, "")]
    [TestCase(100, "abcdef")]
    public void Line_is_cut_at_the_edge(int width, string shown)
    {
        var line = new ScreenLine().Add("abc", Tone.Good).Add("def");

        Assert.That(line.ToText(width), Is.EqualTo(shown));
    }

    [Test]
    public void No_half_of_a_character_is_left_at_the_edge() =>
        Assert.That(new ScreenLine().Add("a🚀b").ToText(2), Is.EqualTo("a"));

    [Test]
    public void Colours_end_with_their_piece_and_foreign_text_brings_none()
    {
        var line = new ScreenLine().Add("ok", Tone.Good).Add("\u001b[31m evil");

        Assert.That(line.Write(80, hasColours: true), Is.EqualTo("\u001b[32mok\u001b[0m\\u001b[31m evil"));
        Assert.That(line.Write(80, hasColours: false), Is.EqualTo("ok\\u001b[31m evil"));
    }

    [TestCase(null, "xterm", true)]
    [TestCase("", "xterm", true)]
    [TestCase("1", "xterm", false)]
    [TestCase(null, "dumb", false)]
    [TestCase(null, null, false)]
    public void Colours_are_shown_to_those_who_want_them(string? noColour, string? terminal, bool wants) =>
        Assert.That(WatchTerminal.WantsColours(name => name == "NO_COLOR" ? noColour : terminal), Is.EqualTo(wants));

    [Test]
    public void Frame_fills_the_screen()
    {
        var frame = new WatchView().Frame([Page(3)], height: 10);

        Assert.That(frame.Select(line => line.ToText(80)), Is.EqualTo(
            new[] { "page", "line 0", "line 1", "line 2", "", "", "", "", "", "q: quit" }));
    }

    [Test]
    public void Arrows_scroll_within_the_page()
    {
        var view = new WatchView();
        WatchPage[] pages = [Page(20)];
        Assert.That(First(view, pages), Is.EqualTo("line 0"));

        Press(view, ConsoleKey.DownArrow, ConsoleKey.DownArrow, ConsoleKey.UpArrow);
        Assert.That(First(view, pages), Is.EqualTo("line 1"));

        Press(view, ConsoleKey.End);
        Assert.That(First(view, pages), Is.EqualTo("line 12"));

        Press(view, ConsoleKey.DownArrow);
        Assert.That(First(view, pages), Is.EqualTo("line 12"));

        Press(view, ConsoleKey.UpArrow);
        Assert.That(First(view, pages), Is.EqualTo("line 11"));

        Press(view, ConsoleKey.PageUp, ConsoleKey.PageUp);
        Assert.That(First(view, pages), Is.EqualTo("line 0"));
    }

    [Test]
    public void Pages_are_turned_in_a_circle()
    {
        var view = new WatchView();
        WatchPage[] pages = [new("a", []), new("b", []), new("c", [])];

        Press(view, ConsoleKey.LeftArrow);
        Assert.That(view.Frame(pages, 10)[0].ToText(80), Is.EqualTo("c"));

        Press(view, ConsoleKey.Tab, ConsoleKey.RightArrow);
        Assert.That(view.Frame(pages, 10)[0].ToText(80), Is.EqualTo("b"));

        Assert.That(view.Frame([new("a", [])], 10)[0].ToText(80), Is.EqualTo("a"));
    }

    [TestCase(ConsoleKey.Q)]
    [TestCase(ConsoleKey.Escape)]
    public void Quitting_is_done_by_a_key(ConsoleKey key)
    {
        var view = new WatchView();
        Press(view, ConsoleKey.A);
        Assert.That(view.IsDone, Is.False);

        Press(view, key);

        Assert.That(view.IsDone, Is.True);
    }

    private static WatchPage Page(int lines) =>
        new("page", [.. Enumerable.Range(0, lines).Select(number => new ScreenLine().Add($"line {number}"))]);

    private static string First(WatchView view, WatchPage[] pages) => view.Frame(pages, 10)[1].ToText(80);

    private static void Press(WatchView view, params ConsoleKey[] keys) => Array.ForEach(keys, view.OnKey);
}
