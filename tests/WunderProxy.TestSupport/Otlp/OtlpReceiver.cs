using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;

namespace WunderProxy.TestSupport.Otlp;

/// <summary>
/// A receiver of OTLP/HTTP, which decodes by the protocol's definitions what programs send, and answers as it is told.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<OtlpAnswer> _answers;
    private readonly ConcurrentQueue<OtlpCall> _calls = new();
    private readonly Task _serving;

    /// <summary>Listens on a free port.</summary>
    /// <param name="answers">What is answered first; afterwards everything is taken.</param>
    public OtlpReceiver(params OtlpAnswer[] answers)
        : this(FreePort.Next(), answers)
    {
    }

    /// <summary>Listens on a port.</summary>
    public OtlpReceiver(int port, params OtlpAnswer[] answers)
    {
        _answers = new ConcurrentQueue<OtlpAnswer>(answers);
        Address = new Uri($"http://127.0.0.1:{port}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The address without a path.</summary>
    public Uri Address { get; }

    /// <summary>The requests so far, refused ones too.</summary>
    public IReadOnlyList<OtlpCall> Calls => [.. _calls];

    /// <summary>The metrics of the last request with metrics, by name; empty before one came.</summary>
    public IReadOnlyDictionary<string, Metric> Metrics => Exports.Count == 0
        ? new Dictionary<string, Metric>(StringComparer.Ordinal)
        : Exports[^1].ResourceMetrics.Single().ScopeMetrics.Single().Metrics.ToDictionary(metric => metric.Name, StringComparer.Ordinal);

    /// <summary>The requests with metrics.</summary>
    public IReadOnlyList<ExportMetricsServiceRequest> Exports =>
        [.. _calls.Where(call => call.Path == "/v1/metrics").Select(call => ExportMetricsServiceRequest.Parser.ParseFrom(call.Body))];

    /// <summary>All spans, with the resource that sent each.</summary>
    public IReadOnlyList<(Resource Resource, Span Span)> Spans =>
    [
        .. from call in _calls
           where call.Path == "/v1/traces"
           from resource in ExportTraceServiceRequest.Parser.ParseFrom(call.Body).ResourceSpans
           from scope in resource.ScopeSpans
           from span in scope.Spans
           select (resource.Resource, span),
    ];

    /// <summary>Returns attributes by key, in the words in which a person writes them.</summary>
    public static IReadOnlyDictionary<string, string> Words(IEnumerable<KeyValue> attributes) => attributes.ToDictionary(
        attribute => attribute.Key,
        attribute => attribute.Value.ValueCase switch
        {
            AnyValue.ValueOneofCase.StringValue => attribute.Value.StringValue,
            AnyValue.ValueOneofCase.BoolValue => attribute.Value.BoolValue ? "true" : "false",
            AnyValue.ValueOneofCase.IntValue => $"{attribute.Value.IntValue}",
            AnyValue.ValueOneofCase.DoubleValue => $"{attribute.Value.DoubleValue}",
            _ => string.Empty,
        },
        StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                await TakeAsync(await _listener.GetContextAsync());
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
            {
                if (!_listener.IsListening)
                {
                    return;
                }
            }
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        var request = context.Request;
        var encoding = request.Headers["Content-Encoding"];
        await using var body = encoding == "gzip" ? new GZipStream(request.InputStream, CompressionMode.Decompress) : request.InputStream;
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes);
        var headers = request.Headers.AllKeys.ToDictionary(
            name => name!.ToLowerInvariant(), name => request.Headers[name]!, StringComparer.Ordinal);
        _calls.Enqueue(new OtlpCall(request.Url!.AbsolutePath, request.ContentType, encoding, headers, bytes.ToArray()));
        var answer = _answers.TryDequeue(out var told) ? told : new OtlpAnswer(200);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/x-protobuf";
        if (answer.RetryAfter is { } after)
        {
            context.Response.AddHeader("Retry-After", after);
        }

        context.Response.Close();
    }
}
