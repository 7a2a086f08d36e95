using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The listener for load balancers (<c>--status</c>): <see cref="BalancerRoutes"/> and nothing else, with connections,
/// a front end and handlers of its own, so that a crowd at the manager API does not stand in a balancer's way.
/// </summary>
internal sealed class StatusListener(
    StatusListenerOptions options, ApiServices services, ILoggerFactory loggers, TimeProvider clock) : IHostedService, IAsyncDisposable
{
    private readonly ManagerApiServer _server = ManagerApiServer.ForBalancers(options, services, loggers, clock);

    /// <summary>Port that the handlers listen on; 0 before the start.</summary>
    internal int HandlerPort => _server.HandlerPort;

    /// <summary>Binds and serves.</summary>
    /// <returns>The addresses, with real ports.</returns>
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
