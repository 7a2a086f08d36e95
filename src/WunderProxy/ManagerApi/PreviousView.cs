using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>The counters of an earlier upstream.</summary>
/// <param name="Address">The address of the upstream.</param>
/// <param name="Hash">SHA-256 hash of its launch config.</param>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="Since">When traffic was switched to the upstream.</param>
/// <param name="Requests">Number of exchanges that ended.</param>
/// <param name="GatewayErrors">Number of 502 and 504 answers that the proxy made on its behalf.</param>
/// <param name="ResponseTimes">Quantiles of the durations, in seconds.</param>
/// <param name="Classes">Number of responses by class.</param>
internal sealed record PreviousView(
    string Address,
    string Hash,
    string Revision,
    DateTimeOffset Since,
    long Requests,
    long GatewayErrors,
    ResponseTimes ResponseTimes,
    IReadOnlyDictionary<string, long> Classes);
