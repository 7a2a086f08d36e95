using System.Text;

namespace WunderProxy.Cli;

/// <summary>Writes to standard output or standard error, which it opens with the first write.</summary>
internal sealed class StandardWriter : TextWriter
{
    private readonly Lazy<TextWriter> _inner;
    private readonly Action<Exception> _onFailure;

    private StandardWriter(Func<TextWriter> open, Action<Exception> onFailure)
    {
        _inner = new Lazy<TextWriter>(open);
        _onFailure = onFailure;
    }

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>
    /// Creates the writer of standard output. A full disk or a closed descriptor becomes the error of a failed command; a
    /// reader that has gone away (<c>| head -1</c>) is not an error.
    /// </summary>
    public static StandardWriter ForOutput(Func<TextWriter> open) => new(
        open, static exception => throw new CommandFailedException($"cannot write to standard output: {exception.Message}"));

    /// <summary>
    /// Creates the writer of standard error. Text that cannot be written is lost, since there is no other place for it; the
    /// exit code still reports the failure.
    /// </summary>
    public static StandardWriter ForError(Func<TextWriter> open) => new(open, static _ => { });

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
            _onFailure(exception);
        }
    }
}
