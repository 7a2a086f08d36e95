using Microsoft.Extensions.Hosting;

namespace WunderProxy.Hosting;

/// <summary>
/// Starts and ends what sends to OpenTelemetry receivers. The last exports go at the same time, so that receivers that are
/// away hold up the end of the process once, and not one after the other.
/// </summary>
/// <param name="signals">The workers of the signals; owned by this one.</param>
internal sealed class OpenTelemetryWorker(IReadOnlyList<IHostedService> signals) : IHostedService, IDisposable
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(signals.Select(signal => signal.StartAsync(cancellationToken)));

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(signals.Select(signal => signal.StopAsync(cancellationToken)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in signals.OfType<IDisposable>())
        {
            signal.Dispose();
        }
    }
}
