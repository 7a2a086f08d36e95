using System.Text;

namespace WunderProxy.Cli;

/// <summary>Writes to standard error. What cannot be written is lost, since there is no other place for it.</summary>
internal sealed class ErrorWriter(Func<TextWriter> open) : TextWriter
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
            // The exit code still reports the failure.
        }
    }
}
