using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;

namespace WunderProxy.ManagerApi;

/// <summary>
/// The listener for load balancers (<c>--status</c>), which serves <see cref="BalancerRoutes"/> only. Its connections,
/// front end and handlers are its own, so that a crowd at the manager API does not hinder a load balancer.
/// </summary>
internal sealed class StatusListener(
    StatusListenerOptions options, ListenerSet listeners, ApiServices services, ILoggerFactory loggers, TimeProvider clock)
    : IHostedService, IAsyncDisposable
{
    private readonly ManagerApiServer _server = ManagerApiServer.ForBalancers(options, services, loggers, clock);

    /// <summary>The port on which the handlers listen; 0 before the start.</summary>
    internal int HandlerPort => _server.HandlerPort;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _server.Start(listeners.Of(ListenerKind.Status));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
