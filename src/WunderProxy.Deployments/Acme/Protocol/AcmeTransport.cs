using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>
/// Speaks HTTP to the ACME server: keeps nonces, repeats a request whose nonce was refused or that met a passing fault,
/// bounds sizes and times, and turns every fault into an <see cref="AcmeException"/>. Used by one task at a time.
/// </summary>
internal sealed class AcmeTransport : IDisposable
{
    private const int MaxDocumentBytes = 64 << 10;
    private const int MaxKeptNonces = 8;
    private const int MaxNonceLength = 1024;
    private const int MaxNonceTries = 30;
    private const int MaxFaultTries = 3;

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(1);
    private static readonly MediaTypeHeaderValue SignedJson = new("application/jose+json");

    private readonly HttpClient _client;
    private readonly TimeProvider _clock;
    private readonly Stack<string> _nonces = new();

    /// <summary>Creates the transport; nothing is contacted.</summary>
    public AcmeTransport(AcmeOptions options, TimeProvider clock)
    {
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            // A redirect would move signed requests to another server; the protocol has none.
            AllowAutoRedirect = false,
            ConnectTimeout = CallLimit,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            AutomaticDecompression = DecompressionMethods.None,
        };
        if (options.Roots.Count > 0)
        {
            var roots = options.Roots;
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                IsTrusted(certificate as X509Certificate2, chain, errors, roots);
        }

        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("wunderproxy", options.Version));
    }

    /// <summary>Where nonces are had; set once the directory is known.</summary>
    public string? NewNonceUrl { get; set; }

    /// <summary>How far the server's clock is ahead of ours, by its last answer; null if it does not say.</summary>
    public TimeSpan? ServerAhead { get; private set; }

    /// <summary>Whether requests may go to a URL: TLS is demanded, but for servers on this machine.</summary>
    public static bool IsAllowed(Uri url) => url is { IsAbsoluteUri: true, UserInfo: "" }
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    /// <summary>Reads a document that needs no signature.</summary>
    /// <exception cref="AcmeException">The server cannot be reached, refused, or answered something else.</exception>
    public Task<AcmeAnswer> GetAsync(string url, CancellationToken cancellationToken) =>
        RepeatAsync(() => SendAsync(HttpMethod.Get, url, body: null, MaxDocumentBytes, cancellationToken), cancellationToken);

    /// <summary>Sends a signed request.</summary>
    /// <param name="url">URL of the request.</param>
    /// <param name="sign">Signs the request with a nonce.</param>
    /// <param name="maxBytes">Most bytes of an answer; 0 for the limit of a document.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AcmeException">The server cannot be reached, refused, or answered something else.</exception>
    public Task<AcmeAnswer> PostAsync(
        string url, Func<string, byte[]> sign, int maxBytes, CancellationToken cancellationToken) =>
        RepeatAsync(
            async () =>
            {
                for (var attempt = 1; ; attempt++)
                {
                    var body = sign(await TakeNonceAsync(cancellationToken));
                    try
                    {
                        var limit = maxBytes == 0 ? MaxDocumentBytes : maxBytes;
                        return await SendAsync(HttpMethod.Post, url, body, limit, cancellationToken);
                    }
                    catch (AcmeException exception) when (exception.Is("badNonce") && attempt < MaxNonceTries)
                    {
                        // The answer brought a new nonce (RFC 8555 section 6.5).
                    }
                }
            },
            cancellationToken);

    /// <summary>Reads a document from JSON.</summary>
    /// <param name="answer">The answer that holds it.</param>
    /// <param name="type">JSON type of the document.</param>
    /// <param name="what">Name of the document, for error messages.</param>
    /// <exception cref="AcmeException">The answer is no such document.</exception>
    public static T Read<T>(AcmeAnswer answer, JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type)
                ?? throw new AcmeException($"the ACME server's answer is no {what}", "it is null");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new AcmeException($"the ACME server's answer is no {what}", AcmeProblem.Clean(exception.Message), exception);
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    private static bool IsTrusted(
        X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection roots)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(roots);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var sent in chain?.ChainPolicy.ExtraStore ?? [])
        {
            own.ChainPolicy.ExtraStore.Add(sent);
        }

        return own.Build(certificate);
    }

    /// <summary>Repeats a call that met a fault which may pass at once; what the server wants later is not repeated.</summary>
    private async Task<AcmeAnswer> RepeatAsync(Func<Task<AcmeAnswer>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (AcmeException exception) when (IsPassing(exception) && attempt < MaxFaultTries)
            {
                await Task.Delay(FaultPause * attempt, _clock, cancellationToken);
            }
        }
    }

    private static bool IsPassing(AcmeException exception) =>
        exception is { RetryAfter: null, IsUnanswered: true, InnerException: not OperationCanceledException };

    private async Task<string> TakeNonceAsync(CancellationToken cancellationToken)
    {
        if (_nonces.Count == 0)
        {
            await SendAsync(HttpMethod.Head, NewNonceUrl!, body: null, MaxDocumentBytes, cancellationToken);
        }

        return _nonces.TryPop(out var nonce) ? nonce : throw new AcmeException("the ACME server sends no Replay-Nonce");
    }

    private async Task<AcmeAnswer> SendAsync(
        HttpMethod method, string url, byte[]? body, int maxBytes, CancellationToken cancellationToken)
    {
        var target = UrlOf(url);
        using var limit = new CancellationTokenSource(CallLimit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, target);
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = SignedJson;
            }

            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            KeepNonce(response);
            ServerAhead = response.Headers.Date - _clock.GetUtcNow() ?? ServerAhead;
            var bytes = await ReadAsync(response, maxBytes, either.Token);
            return response.IsSuccessStatusCode
                ? new AcmeAnswer(bytes, target, LocationOf(response), RetryAfterOf(response))
                : throw Refusal(response, bytes);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AcmeException($"the ACME server {target.Authority} did not answer within {CallLimit.TotalSeconds} s", cause: exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            var cause = exception.GetBaseException().Message;
            throw new AcmeException($"the ACME server {target.Authority} cannot be reached", AcmeProblem.Clean(cause), exception);
        }
    }

    private static Uri UrlOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && IsAllowed(url)
            ? url
            : throw new AcmeException("the ACME server names a URL that is not https", AcmeProblem.Clean(text));

    // Not the parsed field, which is null for a text that is no URI: what cannot be used is to be told.
    private static string? LocationOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;

    private void KeepNonce(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("Replay-Nonce", out var values)
            && values.First() is { Length: > 0 and <= MaxNonceLength } nonce
            && _nonces.Count < MaxKeptNonces)
        {
            _nonces.Push(nonce);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > maxBytes)
            {
                throw new AcmeException($"the ACME server's answer has more than {maxBytes >> 10} KiB");
            }
        }

        return bytes.ToArray();
    }

    private AcmeException Refusal(HttpResponseMessage response, byte[] bytes)
    {
        var status = (int)response.StatusCode;
        var problem = ProblemOf(response, bytes);
        var message = status is >= 300 and < 400
            ? $"the ACME server answers {status}, a redirect, which is not followed"
            : $"the ACME server answers {status}";
        return new AcmeException(
            message, problem?.ToLine(), problem is null ? new HttpRequestException(null, null, response.StatusCode) : null)
        {
            Problem = problem,
            RetryAfter = RetryAfterOf(response),
        };
    }

    private static AcmeProblem? ProblemOf(HttpResponseMessage response, byte[] bytes)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, AcmeJsonContext.Default.AcmeProblem);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } pause } => pause,
            { Date: { } date } => date - _clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked is { } given ? TimeSpan.FromTicks(Math.Clamp(given.Ticks, 0, RenewalTimes.LongestPause.Ticks)) : null;
    }
}
