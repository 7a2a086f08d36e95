using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Options;
using WunderProxy.Metrics.Otlp;

namespace WunderProxy.Hosting;

/// <summary>
/// Sends the spans of the data plane to an OpenTelemetry receiver, by OpenTelemetry's SDK: batches from a bounded queue,
/// which loses spans when the receiver is too slow, and a last one when the proxy has ended.
/// </summary>
internal sealed class TracesWorker : IHostedService, IDisposable
{
    private const string RetryVariable = "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY";

    private const int LastExportMilliseconds = 2000;

    private readonly OtlpReports _reports;
    private readonly TracerProvider _provider;

    /// <summary>Creates the worker, and begins to listen for spans.</summary>
    /// <param name="options">What OpenTelemetry's variables say; traces have a receiver.</param>
    /// <param name="app">Name of the application; empty for <c>forward</c>.</param>
    /// <param name="logger">For what is logged.</param>
    /// <param name="clock">Clock of the log's throttle.</param>
    public TracesWorker(OpenTelemetryOptions options, string app, ILogger<TracesWorker> logger, TimeProvider clock)
    {
        var receiver = options.Traces!;
        _reports = new OtlpReports("traces", receiver.Endpoint, logger, clock);
        if (Environment.GetEnvironmentVariable(RetryVariable) is null)
        {
            // The SDK tries again after 429 and 503, obeying Retry-After, only if this variable says so.
            Environment.SetEnvironmentVariable(RetryVariable, "in_memory");
        }

        var attributes = ProcessResource.Of(options, app).Select(pair => new KeyValuePair<string, object>(pair.Key, pair.Value));
        _provider = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(attributes))
            .SetSampler(new AlwaysOnSampler()) // The data plane has decided already, at no cost for what is left out.
            .AddSource(SpanOptions.SourceName)
            .AddOtlpExporter(exporter => Configure(exporter, receiver))
            .Build();
    }

    /// <summary>Returns which requests the data plane gives a span; null if there is no receiver.</summary>
    public static SpanOptions? SamplingOf(OpenTelemetryOptions options) =>
        options.Traces is null ? null : new SpanOptions(options.FollowsParent, options.SampledShare);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => _provider.Shutdown(LastExportMilliseconds), CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        _provider.Dispose();
        _reports.Dispose();
    }

    private void Configure(OtlpExporterOptions exporter, OtlpOptions receiver)
    {
        exporter.Endpoint = receiver.Endpoint;
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.TimeoutMilliseconds = (int)receiver.Timeout.TotalMilliseconds;
        exporter.Compression = receiver.UsesGzip ? OtlpExportCompression.GZip : OtlpExportCompression.None;
        exporter.Headers = string.Empty;
        exporter.HttpClientFactory = () => ClientOf(receiver);
    }

    private HttpClient ClientOf(OtlpOptions receiver)
    {
        var client = new HttpClient(new ReportingHandler(OtlpHttp.CreateHandler(receiver), _reports)) { Timeout = receiver.Timeout };
        foreach (var (name, value) in receiver.Headers)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        return client;
    }
}
