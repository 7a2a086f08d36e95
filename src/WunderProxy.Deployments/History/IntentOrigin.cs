using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>
/// What makes a <see cref="DeploymentIntent"/>. The name in <see cref="DeploymentIntent.By"/> is free text of a caller and
/// decides nothing.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<IntentOrigin>))]
public enum IntentOrigin
{
    /// <summary>A caller's deploy or rollback; its event is written with the history.</summary>
    Caller,

    /// <summary>A guard that switched back; it has written its event, with the evidence, already.</summary>
    Guard,
}
