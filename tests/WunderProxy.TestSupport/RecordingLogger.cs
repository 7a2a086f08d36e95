using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace WunderProxy.TestSupport;

/// <summary>Records every logged event, whatever its level.</summary>
public sealed class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Message, Exception? Exception)> _events = new();

    /// <summary>The events logged so far, in order.</summary>
    public IReadOnlyList<(LogLevel Level, string Message, Exception? Exception)> Events => [.. _events];

    /// <summary>Returns the messages of at least this level that contain a text, in order.</summary>
    public IReadOnlyList<string> MessagesFrom(LogLevel level, string containing = "") =>
    [
        .. _events
            .Where(entry => entry.Level >= level && entry.Message.Contains(containing, StringComparison.Ordinal))
            .Select(entry => entry.Message),
    ];

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _events.Enqueue((logLevel, formatter(state, exception), exception));
}
