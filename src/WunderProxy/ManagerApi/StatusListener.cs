using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The listener for load balancers (<c>--status</c>), which serves <see cref="BalancerRoutes"/> only. Its connections,
/// front end and handlers are its own, so that a crowd at the manager API does not hinder a load balancer.
/// </summary>
internal sealed class StatusListener(
    StatusListenerOptions options, ApiServices services, ILoggerFactory loggers, TimeProvider clock) : IHostedService, IAsyncDisposable
{
    private readonly ManagerApiServer _server = ManagerApiServer.ForBalancers(options, services, loggers, clock);

    /// <summary>The port on which the handlers listen; 0 before the start.</summary>
    internal int HandlerPort => _server.HandlerPort;

    /// <summary>Binds all addresses and begins to serve.</summary>
    /// <returns>The addresses, with the actual ports.</returns>
    /// <exception cref="Forwarding.Listeners.ListenException">An address cannot be bound.</exception>
    public IReadOnlyList<System.Net.EndPoint> Start() => _server.Start();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
