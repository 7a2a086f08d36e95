using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>What an earlier upstream served.</summary>
/// <param name="Address">Where it was.</param>
/// <param name="Hash">SHA-256 launch config hash.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="Since">When it was switched to.</param>
/// <param name="Requests">Exchanges that ended.</param>
/// <param name="GatewayErrors">502 and 504 that we made for it.</param>
/// <param name="ResponseTimes">Quantiles in seconds.</param>
/// <param name="Classes">Answers by class.</param>
internal sealed record PreviousView(
    string Address,
    string Hash,
    string Revision,
    DateTimeOffset Since,
    long Requests,
    long GatewayErrors,
    ResponseTimes ResponseTimes,
    IReadOnlyDictionary<string, long> Classes);
