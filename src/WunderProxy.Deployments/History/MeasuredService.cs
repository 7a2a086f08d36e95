using System.Text.Json.Serialization;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.History;

/// <summary>How a launch config served on one machine, from the switch to it until the switch to another.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
public sealed record MeasuredService(string Hash)
{
    /// <summary>Most requests that are believed; the sum over all events that are read still fits.</summary>
    private const long MaxRequests = 1_000_000_000_000_000;

    /// <summary>How long traffic went to it, in seconds; null if unknown.</summary>
    public double? ServedSeconds { get; init; }

    /// <summary>
    /// How long its requests have been counted, in seconds: less than it served if the proxy or the container was started
    /// again meanwhile; null if nothing was counted, in which case the numbers below are 0.
    /// </summary>
    public double? CountedSeconds { get; init; }

    /// <summary>Number of exchanges that ended.</summary>
    public long Requests { get; init; }

    /// <summary>Share of answers with status 500 to 599, 0 to 1; made by the application or by the proxy.</summary>
    public double ErrorShare { get; init; }

    /// <summary>Number of 502 and 504 answers that the proxy made.</summary>
    public long GatewayErrors { get; init; }

    /// <summary>Median of the durations in seconds; 0 without exchanges.</summary>
    public double P50 { get; init; }

    /// <summary>Duration in seconds within which 99 of 100 exchanges ended; 0 without exchanges.</summary>
    public double P99 { get; init; }

    /// <summary>Whether a machine can have measured this.</summary>
    [JsonIgnore]
    internal bool IsPlausible =>
        LaunchConfigHash.TryParse(Hash, out var hash) && hash.Value == Hash
        && ServedSeconds is null or >= 0 and <= SecondsConverter.Max
        && CountedSeconds is null or >= 0 and <= SecondsConverter.Max
        && Requests is >= 0 and <= MaxRequests
        && ErrorShare is >= 0 and <= 1
        && GatewayErrors >= 0 && GatewayErrors <= Requests
        && P50 is >= 0 and <= SecondsConverter.Max
        && P99 is >= 0 and <= SecondsConverter.Max;
}
