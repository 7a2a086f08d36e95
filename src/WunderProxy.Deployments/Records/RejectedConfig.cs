using WunderProxy.Deployments.History;

namespace WunderProxy.Deployments.Records;

/// <summary>A launch config that a guard has switched back from; no start launches it until it is deployed again.</summary>
/// <param name="Hash">SHA-256 of the launch config.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="FromHash">SHA-256 of what serves again.</param>
/// <param name="FromRevision">The revision of what serves again.</param>
/// <param name="At">When the switch was undone.</param>
/// <param name="Reason">The guard's evidence.</param>
internal sealed record RejectedConfig(
    string Hash, string Revision, string FromHash, string FromRevision, DateTimeOffset At, string Reason)
{
    /// <summary>How many are remembered; the oldest leave.</summary>
    public const int MaxCount = 10;

    /// <summary>For how long after the undo an entry that its deployer writes belatedly is taken out.</summary>
    public static readonly TimeSpan LateEntryPatience = TimeSpan.FromMinutes(10);

    /// <summary>The id of the watch that judged.</summary>
    public string Id { get; init; } = "";

    /// <summary>Takes out an entry that is written only after the undo; null once an entry was taken out.</summary>
    public DeploymentIntent? Undo { get; init; }
}
