using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Operations;

namespace WunderProxy.Hosting;

/// <summary>
/// Brings the containers back once all listeners are bound, so that a start that fails because of an address touches no
/// container. At the end the containers keep running.
/// </summary>
internal sealed class LifecycleWorker(ContainerLifecycle lifecycle, ILogger<LifecycleWorker> logger)
    : IHostedLifecycleService, IDisposable
{
    private const string Source = "wunderproxy";

    private readonly CancellationTokenSource _stopping = new();
    private Task _starting = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _starting = StartLifecycleAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _starting;
        await lifecycle.RecordEventAsync(EventType.Stop, Source, string.Empty, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task StartLifecycleAsync()
    {
        try
        {
            await lifecycle.StartAsync(_stopping.Token);
            await lifecycle.RecordEventAsync(EventType.Start, Source, string.Empty, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process ends before everything was brought back; the next start does the rest.
        }
        catch (DeploymentException exception)
        {
            HostLog.NotBroughtBack(logger, exception.Message);
        }
    }
}
