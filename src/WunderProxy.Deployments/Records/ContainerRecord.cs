namespace WunderProxy.Deployments.Records;

/// <summary>One container in the local record.</summary>
/// <param name="Container">Full id.</param>
/// <param name="Hash">SHA-256 launch config hash.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="At">When its launch ended, or it stopped being current.</param>
internal sealed record ContainerRecord(string Container, string Hash, string Revision, DateTimeOffset At)
{
    /// <summary>A larger launch config is read from the store when it is needed: the record is written at every switch.</summary>
    public const int MaxConfigBytes = 64 * 1024;

    /// <summary>The exact bytes of its launch config, so that what runs needs no store; empty when they are not known.</summary>
    public byte[] Config { get; init; } = [];
}
