using WunderProxy.Deployments.History;

namespace WunderProxy.Deployments.Records;

/// <summary>A launch config that a guard has switched back from; no start launches it until it is deployed again.</summary>
/// <param name="Hash">SHA-256 of the launch config.</param>
/// <param name="Revision">Revision of the launch config.</param>
/// <param name="FromHash">SHA-256 hash of the launch config that serves again.</param>
/// <param name="FromRevision">Revision of the launch config that serves again.</param>
/// <param name="At">When the switch was undone.</param>
/// <param name="Reason">The guard's evidence.</param>
internal sealed record RejectedConfig(
    string Hash, string Revision, string FromHash, string FromRevision, DateTimeOffset At, string Reason)
{
    /// <summary>Most rejected launch configs remembered; beyond this number the oldest are dropped.</summary>
    public const int MaxCount = 10;

    /// <summary>
    /// How long after the undo an entry that the deployer writes belatedly is removed from the history.
    /// </summary>
    public static readonly TimeSpan LateEntryPatience = TimeSpan.FromMinutes(10);

    /// <summary>Id of the watch that gave the verdict.</summary>
    public string Id { get; init; } = "";

    /// <summary>The intent that removes an entry written only after the undo; null once an entry was removed.</summary>
    public DeploymentIntent? Undo { get; init; }
}
