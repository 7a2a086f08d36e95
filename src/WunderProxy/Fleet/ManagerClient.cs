using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Explanations;

namespace WunderProxy.Fleet;

/// <summary>Calls the API of one manager.</summary>
internal sealed class ManagerClient : IManagerClient, IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Largest answer that is read, in bytes: far above what a manager sends, far below what would harm the command.
    /// </summary>
    private const int MaxAnswerBytes = 16 << 20;

    private readonly HttpClient _http;

    /// <summary>Creates a client without connecting.</summary>
    /// <param name="address">The manager's address.</param>
    /// <param name="token">The bearer token; null for none.</param>
    /// <param name="authorities">Certificates of the authorities to believe instead of the machine's; null for the machine's.</param>
    public ManagerClient(ManagerAddress address, string? token, X509Certificate2Collection? authorities = null)
    {
        Name = address.Text;
        _http = new HttpClient(HandlerOf(address, authorities))
        {
            BaseAddress = address.BaseAddress,
            // A launch takes as long as its manager allows.
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Task<StatusDocument> GetStatusAsync(CancellationToken cancellationToken) =>
        GetAsync("/status", ApiJson.Context.StatusDocument, cancellationToken);

    /// <summary>Asks for an explanation of what went wrong.</summary>
    /// <param name="what">One of <see cref="ExplainedMatter.All"/>; null for what is most pressing.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ManagerCallException">The manager cannot be reached, or is of a version that explains nothing.</exception>
    public Task<ExplanationDocument> GetExplanationAsync(string? what, CancellationToken cancellationToken) =>
        GetAsync(what is null ? "/explain" : $"/explain?what={what}", ApiJson.Context.ExplanationDocument, cancellationToken);

    /// <inheritdoc/>
    public Task<LaunchResult> LaunchAsync(string hash, string by, CancellationToken cancellationToken) =>
        PostAsync("/launch", hash, by, ApiJson.Context.LaunchResult, cancellationToken);

    /// <inheritdoc/>
    public Task<SwitchResult> SwitchAsync(string hash, string by, TimeSpan? guard, CancellationToken cancellationToken) =>
        PostAsync("/switch", hash, by, ApiJson.Context.SwitchResult, cancellationToken, guard);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(QueryTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        try
        {
            return await SendAsync(request, type, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ManagerCallException($"did not answer within {QueryTimeout.TotalSeconds:0} s", isAnswer: false);
        }
    }

    private async Task<T> PostAsync<T>(
        string path, string body, string by, JsonTypeInfo<T> type, CancellationToken cancellationToken, TimeSpan? guard = null)
    {
        var watch = guard is { } duration
            ? string.Create(CultureInfo.InvariantCulture, $"&guard={duration.TotalMilliseconds:0}ms")
            : string.Empty;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{path}?by={Uri.EscapeDataString(by)}{watch}")
        {
            Content = new StringContent(body),
        };
        return await SendAsync(request, type, cancellationToken);
    }

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return ResultOf(response, body, type);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
        {
            throw new ManagerCallException(CauseOf(exception), isAnswer: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ManagerCallException("did not answer in time", isAnswer: false);
        }
    }

    /// <summary>Parses an answer; a status also comes with 503, if the manager cannot serve.</summary>
    private static T ResultOf<T>(HttpResponseMessage response, byte[] body, JsonTypeInfo<T> type)
    {
        var isSuccess = response.IsSuccessStatusCode;
        try
        {
            if ((isSuccess || typeof(T) == typeof(StatusDocument))
                && JsonSerializer.Deserialize(body, type) is { } result
                && result is not (LaunchResult { Container: null } or SwitchResult { Container: null }))
            {
                return result;
            }
        }
        catch (JsonException)
        {
            // Reported below.
        }

        throw isSuccess
            ? new ManagerCallException("answered something that is not the manager API's", isAnswer: false)
            : FailureOf(body, (int)response.StatusCode);
    }

    private static string CauseOf(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            $"answered with more than {MaxAnswerBytes >> 20} MiB, which is not the manager API's",
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded }
            or { InnerException: HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } } =>
            "closed the connection before its answer was complete",
        { InnerException: AuthenticationException inner } =>
            $"does not show a certificate that is believed here ({inner.Message.TrimEnd('.')}); --manager-ca names its authority",
        { InnerException: { } inner } when inner is SocketException or IOException => CauseOf(inner),
        _ => exception.Message,
    };

    /// <summary>
    /// Returns the exception for a failed call. An error that is not in the API's form comes from something in between,
    /// so it is unknown what the manager did.
    /// </summary>
    private static ManagerCallException FailureOf(byte[] body, int status)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, ApiJson.Context.ApiError) is { Error: not null, Message: not null } error)
            {
                return new ManagerCallException(Describe(error), isAnswer: true);
            }
        }
        catch (JsonException)
        {
            // Reported below.
        }

        return new ManagerCallException($"answered {status}, and not as the manager API does", isAnswer: false);
    }

    private static string Describe(ApiError error)
    {
        var log = error.Details?.Log is { Count: > 0 } lines ? "\n  | " + string.Join("\n  | ", lines) : string.Empty;
        return $"{error.Message} ({error.Error}){log}";
    }

    private static X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static SocketsHttpHandler HandlerOf(ManagerAddress address, X509Certificate2Collection? authorities) => new()
    {
        ConnectTimeout = ConnectTimeout,
        UseProxy = false,
        AllowAutoRedirect = false,
        SslOptions = authorities is null ? new() : new() { CertificateChainPolicy = PolicyOf(authorities) },
        ConnectCallback = address.UnixSocket is { } unix
            ? async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(unix, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
        : null,
    };
}
