using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;
using WunderProxy.Forwarding;
using WunderProxy.Instance;

namespace WunderProxy.Hosting;

/// <summary>
/// Starts the proxy's listeners with the process. At the end, first gives load balancers time to leave, then exchanges
/// time to finish.
/// </summary>
internal sealed class ForwarderWorker(
    ForwarderServer server,
    InstanceState instance,
    ShutdownOptions options,
    TimeProvider clock,
    ILogger<ForwarderWorker> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var addresses = string.Join(", ", server.Start().Select(SocketAddressText.Format));
        HostLog.Listening(logger, ProductVersion.Text, addresses);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        instance.BeginShutdown();
        server.BeginShutdown();
        if (options.Grace > TimeSpan.Zero && instance.WasStatusAskedWithin(options.StatusInterest))
        {
            HostLog.Grace(logger, options.Grace.TotalSeconds);
            await Task.Delay(options.Grace, clock, cancellationToken);
        }

        server.CloseListeners();
        HostLog.Draining(logger, options.DrainTimeout.TotalSeconds);
        await server.DrainAsync(options.DrainTimeout, upgraded: TimeSpan.Zero, cancellationToken);
        HostLog.Ended(logger);
    }
}
