using System.Text;

namespace WunderProxy.Cli;

/// <summary>
/// The output of every command, which makes all text safe for a terminal, as <see cref="TerminalText"/> describes. Line
/// ends pass, so a caller that writes a line has to escape those inside.
/// </summary>
/// <param name="inner">Standard output or standard error; not disposed of.</param>
/// <param name="isTerminal">Whether <paramref name="inner"/> writes to a terminal, where progress moves in place.</param>
internal sealed class TerminalWriter(TextWriter inner, bool isTerminal = false) : TextWriter(inner.FormatProvider)
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Whether the output is a terminal.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>Writes a control sequence for the terminal, which must not contain foreign text.</summary>
    public void WriteControl(string sequence) => inner.Write(sequence);

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc/>
    public override void Write(string? value) => inner.Write(TerminalText.EscapeLines(value ?? string.Empty));

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
