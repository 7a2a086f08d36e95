using System.Text.Json.Serialization;

namespace WunderProxy.Deployments.History;

/// <summary>The kind of change that a deployment makes to the history.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeploymentKind>))]
public enum DeploymentKind
{
    /// <summary>Appends an entry for the launch config.</summary>
    Deploy,

    /// <summary>Drops the entries after the target.</summary>
    Rollback,

    /// <summary>Removes the deployment's own entry, because a guard found the new upstream worse.</summary>
    Withdraw,

    /// <summary>
    /// Removes the last entry, made by another deployer, for a switch that a guard has undone; after a rollback, which
    /// makes no entry, appends the launch config that serves again.
    /// </summary>
    Reject,
}
