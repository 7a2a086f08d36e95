using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WunderProxy.Deployments.Lifecycle;
using WunderProxy.ManagerApi;

namespace WunderProxy.Managers;

/// <summary>Calls the API of one manager.</summary>
internal sealed class ManagerClient : IManagerClient, IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    /// <summary>Makes a client; nothing is connected yet.</summary>
    public ManagerClient(ManagerAddress address, string? token)
    {
        Name = address.Text;
        _http = new HttpClient(HandlerOf(address))
        {
            BaseAddress = address.BaseAddress,
            // A launch takes as long as its manager allows it to.
            Timeout = Timeout.InfiniteTimeSpan,
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
    public async Task<StatusDocument> GetStatusAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StatusTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/status");
        try
        {
            return await SendAsync(request, ApiJson.Context.StatusDocument, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ManagerCallException($"did not answer within {StatusTimeout.TotalSeconds:0} s", isAnswer: false);
        }
    }

    /// <inheritdoc/>
    public Task<LaunchResult> LaunchAsync(string hash, string by, CancellationToken cancellationToken) =>
        PostAsync("/launch", hash, by, ApiJson.Context.LaunchResult, cancellationToken);

    /// <inheritdoc/>
    public Task<SwitchResult> SwitchAsync(string hash, string by, TimeSpan? guard, CancellationToken cancellationToken) =>
        PostAsync("/switch", hash, by, ApiJson.Context.SwitchResult, cancellationToken, guard);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

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
            return response.IsSuccessStatusCode || typeof(T) == typeof(StatusDocument)
                ? JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null")
                : throw new ManagerCallException(ErrorOf(body, (int)response.StatusCode), isAnswer: true);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
        {
            throw new ManagerCallException(CauseOf(exception), isAnswer: false);
        }
        catch (JsonException)
        {
            throw new ManagerCallException("answered something that is not the manager API's", isAnswer: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ManagerCallException("did not answer in time", isAnswer: false);
        }
    }

    private static string CauseOf(Exception exception) =>
        (exception.InnerException as SocketException)?.Message ?? exception.Message;

    private static string ErrorOf(byte[] body, int status)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, ApiJson.Context.ApiError);
            return error is null ? $"answered {status}" : Describe(error);
        }
        catch (JsonException)
        {
            return $"answered {status}";
        }
    }

    private static string Describe(ApiError error)
    {
        var log = error.Details?.Log is { Count: > 0 } lines ? "\n  | " + string.Join("\n  | ", lines) : string.Empty;
        return $"{error.Message} ({error.Error}){log}";
    }

    private static SocketsHttpHandler HandlerOf(ManagerAddress address) => new()
    {
        ConnectTimeout = ConnectTimeout,
        UseProxy = false,
        AllowAutoRedirect = false,
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
