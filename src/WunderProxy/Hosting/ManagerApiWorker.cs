using Microsoft.Extensions.Hosting;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.ManagerApi;

namespace WunderProxy.Hosting;

/// <summary>
/// Starts and stops the manager API with the process. Registered before the proxy, so that the API ends after the proxy
/// and <c>/status</c> shows the shutdown.
/// </summary>
internal sealed class ManagerApiWorker(ManagerApiServer server, ListenerSet listeners) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        server.Start(listeners.Of(ListenerKind.Api));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) => await server.DisposeAsync();
}
