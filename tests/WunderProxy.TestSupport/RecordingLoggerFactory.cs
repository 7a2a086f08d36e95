using Microsoft.Extensions.Logging;

namespace WunderProxy.TestSupport;

/// <summary>Creates loggers that all write to one recording logger.</summary>
public sealed class RecordingLoggerFactory : ILoggerFactory
{
    /// <summary>The logger to which all categories write.</summary>
    public RecordingLogger Log { get; } = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => Log;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing to release.
    }
}
