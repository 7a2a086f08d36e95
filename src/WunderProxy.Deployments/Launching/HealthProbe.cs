using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Statistics;

namespace WunderProxy.Deployments.Launching;

/// <summary>Requests a container's health-check path, each time over a new connection.</summary>
internal sealed class HealthProbe : IDisposable
{
    /// <summary>Most characters that are kept of a <c>Location</c>.</summary>
    private const int MaxLocationLength = 300;

    private readonly HttpClient _client;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;
    private readonly string _userAgent;
    private readonly ProbeStatistics? _statistics;

    /// <summary>Creates the client of all probes, which keeps no connection.</summary>
    /// <param name="timeout">Time limit of one probe.</param>
    /// <param name="version">Version of this program, for the user agent.</param>
    /// <param name="clock">Measures the probes, and limits them.</param>
    /// <param name="statistics">Counts the probes of deployments; null for none.</param>
    public HealthProbe(TimeSpan timeout, string version, TimeProvider clock, ProbeStatistics? statistics = null)
    {
        _statistics = statistics;
        _timeout = timeout;
        _clock = clock;
        _userAgent = $"wunderproxy-health/{version}";
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.Zero,
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Probes the health-check path of a deployment once, and counts the probe.</summary>
    /// <param name="deployment">The deployment whose container is probed.</param>
    /// <param name="endPoint">Address of the container.</param>
    /// <param name="patience">Time limit in addition to the configured one; null for none.</param>
    /// <param name="cancellationToken">Cancels the probe.</param>
    public async Task<ProbeResult> ProbeAsync(
        Deployment deployment, EndPoint endPoint, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var probe = await ProbeAsync(endPoint, deployment.HealthCheckPath, patience, cancellationToken);
        _statistics?.Count(deployment.Revision, probe.Reason.Code, probe.Elapsed);
        return probe;
    }

    /// <summary>
    /// Probes once. Faults of the container are reported by the result; only cancellation by the caller throws.
    /// </summary>
    /// <param name="endPoint">Address of the container.</param>
    /// <param name="path">Path with its leading slash.</param>
    /// <param name="patience">Time limit in addition to the configured one; null for none.</param>
    /// <param name="cancellationToken">Cancels the probe.</param>
    public async Task<ProbeResult> ProbeAsync(
        EndPoint endPoint, string path, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var at = _clock.GetUtcNow();
        var started = _clock.GetTimestamp();
        using var limit = new CallTimeout(patience < _timeout ? patience.Value : _timeout, _clock, cancellationToken);
        var (reason, location) = await AskAsync(endPoint, path, limit.Token, cancellationToken);
        return new ProbeResult(at, reason, _clock.GetElapsedTime(started)) { Location = location };
    }

    public void Dispose() => _client.Dispose();

    private async Task<(ProbeReason Reason, string? Location)> AskAsync(
        EndPoint endPoint, string path, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            using var request = CreateRequest(endPoint, path);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            return response.IsSuccessStatusCode
                ? (ProbeReason.Healthy, null)
                : (ProbeReason.Status((int)response.StatusCode), LocationOf(response));
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            // A bare socket exception means that the container reset the connection while the HTTP client was setting
            // it up.
            return (ReasonOf(exception), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (ProbeReason.Timeout, null);
        }
    }

    private static string? LocationOf(HttpResponseMessage response)
    {
        var location = response.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
        return location is { Length: > MaxLocationLength } ? location[..MaxLocationLength] : location;
    }

    private HttpRequestMessage CreateRequest(EndPoint endPoint, string path)
    {
        // The path is sent as written in the launch config: an application may distinguish %2F from /.
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var authority = ContainerAddress.Format(endPoint);
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{authority}{path}", options));
        request.Headers.Host = string.Create(CultureInfo.InvariantCulture, $"localhost:{ContainerAddress.PortOf(endPoint)}");
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        return request;
    }

    private static ProbeReason ReasonOf(Exception fault) => (fault.InnerException, (fault as HttpRequestException)?.HttpRequestError) switch
    {
        (SocketException { SocketErrorCode: SocketError.ConnectionRefused }, _) => ProbeReason.Refused,
        (SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable }, _) => ProbeReason.NoRoute,
        (SocketException { SocketErrorCode: SocketError.TimedOut }, _) => ProbeReason.Timeout,
        (_, HttpRequestError.InvalidResponse) => ProbeReason.BadResponse,
        (HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse }, _) => ProbeReason.BadResponse,
        _ => ProbeReason.Closed,
    };
}
