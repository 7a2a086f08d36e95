namespace WunderProxy.Deployments.Records;

/// <summary>One container as stored in the local record.</summary>
/// <param name="Container">Full container id.</param>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">The application's own name for what is deployed.</param>
/// <param name="At">When the launch ended, or when the container stopped being current.</param>
internal sealed record ContainerRecord(string Container, string Hash, string Revision, DateTimeOffset At)
{
    /// <summary>
    /// Largest launch config kept in the record, in bytes; a larger one is read from the store when needed, because the
    /// record is written at every switch.
    /// </summary>
    public const int MaxConfigBytes = 64 * 1024;

    /// <summary>
    /// The exact bytes of the launch config, so that a running container needs no store; empty if unknown.
    /// </summary>
    public byte[] Config { get; init; } = [];
}
