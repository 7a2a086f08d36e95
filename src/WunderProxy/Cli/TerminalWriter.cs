using System.Text;

namespace WunderProxy.Cli;

/// <summary>
/// Where every command writes: whatever text reaches it is safe for a terminal, as <see cref="TerminalText"/> says. Ends of
/// lines pass; who writes a line makes sure that what stands in it has none.
/// </summary>
/// <param name="inner">Standard output or standard error; stays its owner's.</param>
internal sealed class TerminalWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Whether a person looks at it.</summary>
    public bool IsTerminal => inner is OutputWriter && !Console.IsOutputRedirected;

    /// <summary>Writes what a terminal is to obey; never with text of others in it.</summary>
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
