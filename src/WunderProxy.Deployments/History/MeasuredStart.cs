using System.Text.Json.Serialization;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.History;

/// <summary>How long a launch config took to start on one machine.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="StartSeconds">Seconds from the start of its container until it was healthy.</param>
public sealed record MeasuredStart(string Hash, double StartSeconds)
{
    /// <summary>Whether a machine can have measured this.</summary>
    [JsonIgnore]
    internal bool IsPlausible =>
        LaunchConfigHash.TryParse(Hash, out var hash) && hash.Value == Hash && StartSeconds is >= 0 and <= SecondsConverter.Max;
}
