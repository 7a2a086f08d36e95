using System.Text;

namespace WunderProxy.Cli.Watch;

/// <summary>One line on the screen: pieces of text, each with its meaning.</summary>
internal sealed class ScreenLine
{
    private const string Reset = "\u001b[0m";

    private readonly List<(string Text, Tone Tone)> _pieces = [];

    /// <summary>Adds a piece; foreign text is made safe.</summary>
    public ScreenLine Add(string text, Tone tone = Tone.Plain)
    {
        _pieces.Add((TerminalText.Escape(text), tone));
        return this;
    }

    /// <summary>Returns the text that fits into a width, without anything for the terminal.</summary>
    public string ToText(int width) => Write(width, hasColours: false);

    /// <summary>Returns the text that fits into a width.</summary>
    /// <param name="width">Number of characters.</param>
    /// <param name="hasColours">Whether to add what makes a terminal show colours.</param>
    public string Write(int width, bool hasColours)
    {
        var line = new StringBuilder();
        var left = width;
        foreach (var (text, tone) in _pieces)
        {
            var part = Fit(text, left);
            left -= part.Length;
            if (hasColours && tone != Tone.Plain && part.Length > 0)
            {
                line.Append(CodeOf(tone)).Append(part).Append(Reset);
            }
            else
            {
                line.Append(part);
            }
        }

        return line.ToString();
    }

    // No half of a character may be left at the edge.
    private static string Fit(string text, int width) =>
        text.Length <= width ? text
        : width > 0 && char.IsHighSurrogate(text[width - 1]) ? text[..(width - 1)]
        : text[..Math.Max(0, width)];

    private static string CodeOf(Tone tone) => tone switch
    {
        Tone.Good => "\u001b[32m",
        Tone.Warning => "\u001b[33m",
        Tone.Bad => "\u001b[1;31m",
        Tone.Quiet => "\u001b[2m",
        _ => "\u001b[1m",
    };
}
