using System.Text;

namespace WunderProxy.Cli.Watch;

/// <summary>
/// The terminal as a screen: what was on it before comes back when it is disposed of. Keys are read where standard input is
/// the terminal too.
/// </summary>
internal sealed class WatchTerminal : IDisposable
{
    private const int LeastWidth = 20;
    private const int LeastHeight = 5;
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;
    private const string OtherScreen = "\u001b[?1049h\u001b[?25l";
    private const string FirstScreen = "\u001b[?25h\u001b[?1049l";
    private const string Top = "\u001b[H";
    private const string ClearRestOfLine = "\u001b[K";
    private const string ClearRest = "\u001b[J";

    private readonly TerminalWriter _writer;
    private readonly bool _hasColours;
    private readonly KeyReader _keys;

    /// <summary>Takes the terminal's alternate screen and its keys.</summary>
    /// <param name="writer">Standard output, which is a terminal.</param>
    /// <param name="hasColours">Whether to show colours.</param>
    public WatchTerminal(TerminalWriter writer, bool hasColours)
    {
        _writer = writer;
        _hasColours = hasColours;
        _writer.WriteControl(OtherScreen);
        _writer.Flush();
        _keys = KeyReader.Start();
    }

    /// <summary>Number of lines; a terminal that does not know is taken for the usual one.</summary>
    public static int Height => Console.WindowHeight is >= LeastHeight and var height ? height : UsualHeight;

    private static int Width => Console.WindowWidth is >= LeastWidth and var width ? width : UsualWidth;

    /// <summary>Whether the terminal moves its cursor and has a second screen: those that nothing is known of do not.</summary>
    /// <param name="environment">Returns the value of a variable, or null.</param>
    public static bool IsScreen(Func<string, string?> environment) => environment("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>
    /// Whether a person wants colours: not with <c>NO_COLOR</c> (https://no-color.org), and not on a terminal that has none.
    /// </summary>
    /// <param name="environment">Returns the value of a variable, or null.</param>
    public static bool WantsColours(Func<string, string?> environment) =>
        string.IsNullOrEmpty(environment("NO_COLOR")) && IsScreen(environment);

    /// <summary>Shows lines in place of those before.</summary>
    public void Show(IReadOnlyList<ScreenLine> lines)
    {
        // At once, so that nothing flickers. The text is safe already: escaped again, its colours would be shown as text.
        var screen = new StringBuilder(Top);
        screen.AppendJoin("\r\n", lines.Select(line => line.Write(Width, _hasColours) + ClearRestOfLine));
        screen.Append(ClearRest);
        _writer.WriteControl(screen.ToString());
        _writer.Flush();
    }

    /// <summary>Returns the key that was pressed next; null if there is none.</summary>
    public ConsoleKey? TryReadKey() => _keys.TryTake();

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.WriteControl(FirstScreen);
        _writer.Flush();
    }
}
