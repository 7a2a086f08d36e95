using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>
/// What created a <see cref="DeploymentIntent"/>. The name in <see cref="DeploymentIntent.By"/> is free text of a
/// caller and decides nothing.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<IntentOrigin>))]
public enum IntentOrigin
{
    /// <summary>A caller's deploy or rollback, whose event is written with the history.</summary>
    Caller,

    /// <summary>A guard that switched back, which has already written its event with the evidence.</summary>
    Guard,
}
