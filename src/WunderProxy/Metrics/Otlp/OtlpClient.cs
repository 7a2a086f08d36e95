using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using WunderProxy.Configuration;

namespace WunderProxy.Metrics.Otlp;

/// <summary>Sends messages to one receiver by OTLP/HTTP, in protobuf.</summary>
/// <param name="options">Where the messages are sent, and how.</param>
/// <param name="clock">Clock by which a date in <c>Retry-After</c> is read.</param>
/// <param name="handler">Connects to the receiver; owned by the client.</param>
internal sealed class OtlpClient(OtlpOptions options, TimeProvider clock, HttpMessageHandler handler) : IDisposable
{
    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");

    // The client waits as long as it is told; the limit of a request is the token's.
    private readonly HttpMessageInvoker _http = new(handler);

    /// <summary>Sends one message to the receiver, once.</summary>
    /// <returns>What came of it; a receiver that is away is an outcome, not an exception.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<OtlpOutcome> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = RequestOf(message);
            using var response = await _http.SendAsync(request, either.Token);
            return OutcomeOf(response);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new OtlpOutcome($"no answer within {options.Timeout.TotalSeconds} s", MayRetry: true, RetryAfter: null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new OtlpOutcome((exception.InnerException ?? exception).Message, MayRetry: true, RetryAfter: null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage RequestOf(ReadOnlyMemory<byte> message)
    {
        var content = new ReadOnlyMemoryContent(options.UsesGzip ? Compress(message) : message);
        content.Headers.ContentType = Protobuf;
        if (options.UsesGzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        var request = new HttpRequestMessage(HttpMethod.Post, options.Endpoint) { Content = content };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("wunderproxy", ProductVersion.Text));
        foreach (var (name, value) in options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static byte[] Compress(ReadOnlyMemory<byte> message)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(message.Span);
        }

        return target.ToArray();
    }

    // OTLP specification, "OTLP/HTTP response": these four may be tried again, others must not be.
    private OtlpOutcome OutcomeOf(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return OtlpOutcome.Delivered;
        }

        var mayRetry = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
        return new OtlpOutcome(
            $"the receiver answered {(int)response.StatusCode}", mayRetry, RetryAfterOf(response.Headers.RetryAfter));
    }

    private TimeSpan? RetryAfterOf(RetryConditionHeaderValue? value) =>
        value?.Delta ?? (value?.Date is { } date ? date - clock.GetUtcNow() : null);
}
