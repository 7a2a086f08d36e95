using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>What a deployment does to the history.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeploymentKind>))]
public enum DeploymentKind
{
    /// <summary>Appends an entry.</summary>
    Deploy,

    /// <summary>Cuts the entries after its target.</summary>
    Rollback,

    /// <summary>Takes its own entry out again: a guard found the new upstream worse.</summary>
    Withdraw,

    /// <summary>
    /// Takes out the entry that another deployer made, as the last one, for a switch that a guard has undone; after a
    /// rollback, which made none, appends what serves again.
    /// </summary>
    Reject,
}
