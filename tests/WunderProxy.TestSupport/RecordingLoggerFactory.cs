using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace WunderProxy.TestSupport;

/// <summary>Keeps every event that is logged, whatever its level.</summary>
public sealed class RecordingLoggerFactory : ILoggerFactory
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message)> _events = new();

    /// <summary>What was logged so far, in order.</summary>
    public IReadOnlyList<(LogLevel Level, string Message)> Events => [.. _events];

    /// <summary>Messages of at least this level, in order.</summary>
    public IReadOnlyList<string> MessagesFrom(LogLevel level) =>
        [.. _events.Where(entry => entry.Level >= level).Select(entry => entry.Message)];

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new RecordingLogger(_events);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class RecordingLogger(ConcurrentQueue<(LogLevel Level, string Message)> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => events.Enqueue((logLevel, formatter(state, exception)));
    }
}
