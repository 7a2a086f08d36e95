using Microsoft.Extensions.Logging;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Hosting;

/// <summary>
/// Logs when a signal of OpenTelemetry no longer reaches its receiver, and when it does again: one line for each change,
/// and no flood if changes are frequent. Callable from any thread.
/// </summary>
internal sealed class OtlpReports : IDisposable
{
    private readonly string _signal;
    private readonly Uri _endpoint;
    private readonly ILogger _logger;
    private readonly LogThrottle _throttle;
    private int _isFailing;

    /// <summary>Creates the reports about one signal.</summary>
    /// <param name="signal">The signal: <c>metrics</c> or <c>traces</c>.</param>
    /// <param name="endpoint">The receiver.</param>
    /// <param name="logger">Where lines are written.</param>
    /// <param name="clock">Clock of the throttle.</param>
    public OtlpReports(string signal, Uri endpoint, ILogger logger, TimeProvider clock)
    {
        _signal = signal;
        _endpoint = endpoint;
        _logger = logger;
        _throttle = new LogThrottle(clock, (count, problem) =>
            HostLog.ExportsFailed(logger, signal, count, problem?.ToString() ?? string.Empty));
    }

    /// <summary>Takes note of a request that the receiver took, or did not.</summary>
    /// <param name="problem">Why it did not; null if it did.</param>
    public void Tell(string? problem)
    {
        var wasFailing = Interlocked.Exchange(ref _isFailing, problem is null ? 0 : 1) != 0;
        if (problem is not null && !wasFailing)
        {
            if (_throttle.TryPass(problem))
            {
                HostLog.ExportFailed(_logger, _signal, AddressOf(_endpoint), problem);
            }
        }
        else if (problem is null && wasFailing)
        {
            HostLog.ExportWorks(_logger, _signal, AddressOf(_endpoint));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _throttle.Dispose();

    // User information and query may hold a key.
    private static string AddressOf(Uri endpoint) => endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
