using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;
using WunderProxy.Forwarding;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Instance;

namespace WunderProxy.Hosting;

/// <summary>
/// Starts the proxy's listeners with the process. At the end, first gives load balancers time to leave, then exchanges
/// time to finish.
/// </summary>
internal sealed class ForwarderWorker(
    ForwarderServer server,
    ListenerSet listeners,
    InstanceState instance,
    ShutdownOptions options,
    TimeProvider clock,
    ILogger<ForwarderWorker> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Listener[] own =
        [
            .. listeners.Of(ListenerKind.Proxy), .. listeners.Of(ListenerKind.Tls), .. listeners.Of(ListenerKind.Redirect),
        ];
        server.Start(own);
        var addresses = string.Join(", ", own.Select(TextOf));
        HostLog.Listening(logger, ProductVersion.Text, addresses);
        return Task.CompletedTask;
    }

    private static string TextOf(Listener listener) => listener.Kind switch
    {
        ListenerKind.Tls => "TLS ",
        ListenerKind.Redirect => "redirect to https ",
        _ => string.Empty,
    } + SocketAddressText.Format(listener.EndPoint);

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

        await server.CloseListenersAsync();
        HostLog.Draining(logger, options.DrainTimeout.TotalSeconds);
        await server.DrainAsync(options.DrainTimeout, upgraded: TimeSpan.Zero, cancellationToken);
        HostLog.Ended(logger);
    }
}
