using Microsoft.Extensions.Logging;

namespace WunderProxy.TestSupport;

/// <summary>Has all categories write to one log.</summary>
public sealed class RecordingLoggerFactory : ILoggerFactory
{
    /// <summary>What was logged.</summary>
    public RecordingLogger Log { get; } = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => Log;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }
}
