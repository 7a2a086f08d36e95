using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Hosting;

/// <summary>
/// Writes the log with one line per event on standard error, for people, <c>docker logs</c> and <c>journalctl</c>.
/// </summary>
internal sealed class LineLoggerProvider(TextWriter output, TimeProvider clock) : ILoggerProvider
{
    private readonly LogWriter _writer = new(output);

    /// <summary>Number of lines dropped since start, because the reader of the log was too slow.</summary>
    public long Dropped => _writer.Dropped;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>
    /// Writes one event. Code that logs masks the secrets it knows; passwords in URLs are masked here for all.
    /// </summary>
    private void Write(LogLevel level, string message, Exception? exception) =>
        _writer.Write(SecretMask.Empty.Apply(LogLine.Format(clock.GetUtcNow(), level, message, exception)));

    private sealed class LineLogger(LineLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, formatter(state, exception), exception);
            }
        }
    }
}
