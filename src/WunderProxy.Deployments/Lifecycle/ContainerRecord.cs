namespace WunderProxy.Deployments.Lifecycle;

/// <summary>One container in the local record.</summary>
/// <param name="Container">Full id.</param>
/// <param name="Hash">SHA-256 launch config hash.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="At">When its launch ended, or it stopped being current.</param>
internal sealed record ContainerRecord(string Container, string Hash, string Revision, DateTimeOffset At);
