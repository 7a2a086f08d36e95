namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Lines of the access log were lost, while those before them were written.</summary>
/// <param name="message">What was wrong.</param>
/// <param name="lines">Number of lines lost, at least 1.</param>
public sealed class LinesLostException(string message, int lines) : IOException(message)
{
    /// <summary>Number of access-log lines that were lost.</summary>
    public int Lines { get; } = lines;
}
