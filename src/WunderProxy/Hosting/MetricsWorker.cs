using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WunderProxy.Configuration;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Collectors;
using WunderProxy.Metrics.Otlp;

namespace WunderProxy.Hosting;

/// <summary>
/// Sends metrics to an OpenTelemetry receiver while the process runs, and a last time when the proxy has ended.
/// </summary>
internal sealed class MetricsWorker : IHostedService, IDisposable
{
    /// <summary>A receiver that is away must not hold up the end of the process for longer.</summary>
    private static readonly TimeSpan LastExport = TimeSpan.FromSeconds(2);

    private readonly OtlpReports _reports;
    private readonly OtlpClient _client;
    private readonly MetricsExporter _exporter;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Creates a worker that sends nothing until it is started.</summary>
    /// <param name="options">What OpenTelemetry's variables say; metrics have a receiver.</param>
    /// <param name="status">Reads the state of the process.</param>
    /// <param name="instance">Knows since when the counters count.</param>
    /// <param name="app">Name of the application; empty for <c>forward</c>.</param>
    /// <param name="logger">For what is logged.</param>
    /// <param name="clock">For all times.</param>
    public MetricsWorker(
        OpenTelemetryOptions options,
        StatusReader status,
        InstanceState instance,
        string app,
        ILogger<MetricsWorker> logger,
        TimeProvider clock)
    {
        var receiver = options.Metrics!;
        _clock = clock;
        _reports = new OtlpReports("metrics", receiver.Endpoint, logger, clock);
        _client = new OtlpClient(receiver, clock, OtlpHttp.CreateHandler(receiver));
        _exporter = new MetricsExporter(
            _client,
            () => MetricCollection.Read(status),
            new MetricsSource(ProcessResource.Of(options, app), ProductVersion.Text, instance.StartedAt),
            options.MetricInterval,
            clock,
            outcome => _reports.Tell(outcome.Problem));
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => _exporter.RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var limit = new CancellationTokenSource(LastExport, _clock);
        try
        {
            await _exporter.ExportAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The receiver is slow, and the process ends.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _client.Dispose();
        _reports.Dispose();
    }
}
