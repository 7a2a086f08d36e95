using System.Text;

namespace WunderProxy.Cli;

/// <summary>
/// Writes a command's standard output. A full disk or a closed descriptor becomes the error of a failed command; a
/// reader that has gone away (<c>| head -1</c>) is not an error.
/// </summary>
internal sealed class OutputWriter(Func<TextWriter> open) : TextWriter
{
    private readonly Lazy<TextWriter> _inner = new(open);

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => Try(inner => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(inner => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(inner => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(inner => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner => inner.Flush());

    private void Try(Action<TextWriter> write)
    {
        try
        {
            write(_inner.Value);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new CommandFailedException($"cannot write to standard output: {exception.Message}");
        }
    }
}
