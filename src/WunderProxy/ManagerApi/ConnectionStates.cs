using System.Text.Json.Serialization;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.ManagerApi;

/// <summary>The number of client connections by state, under the older tool's names.</summary>
internal sealed record ConnectionStates(
    [property: JsonPropertyName("new")] int New,
    [property: JsonPropertyName("active")] int Active,
    [property: JsonPropertyName("idle")] int Idle,
    [property: JsonPropertyName("upgraded")] int Upgraded)
{
    /// <summary>Converts the forwarder's counts.</summary>
    public static ConnectionStates Of(ConnectionCounts counts) =>
        new(counts.New, counts.Active, counts.Idle, counts.Upgraded);
}
