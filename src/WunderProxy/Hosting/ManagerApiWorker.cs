using Microsoft.Extensions.Hosting;
using WunderProxy.ManagerApi;

namespace WunderProxy.Hosting;

/// <summary>
/// The manager API's life. It is registered before the proxy, so that it ends after it: <c>/status</c> tells of the
/// end.
/// </summary>
internal sealed class ManagerApiWorker(ManagerApiServer server) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        server.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) => await server.DisposeAsync();
}
