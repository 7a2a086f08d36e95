using System.Text.Json.Serialization;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>Client connections by state, in the older tool's words.</summary>
internal sealed record ConnectionStates(
    [property: JsonPropertyName("new")] int New,
    [property: JsonPropertyName("active")] int Active,
    [property: JsonPropertyName("idle")] int Idle,
    [property: JsonPropertyName("upgraded")] int Upgraded)
{
    /// <summary>From the forwarder's counts.</summary>
    public static ConnectionStates Of(ConnectionCounts counts) =>
        new(counts.New, counts.Active, counts.Idle, counts.Upgraded);
}
