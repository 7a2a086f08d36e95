namespace WunderProxy.Deployments.Docker;

/// <summary>
/// Thrown when an archive to be loaded into the engine could not be read to its end; the source is at fault, not the
/// engine.
/// </summary>
internal sealed class ArchiveBrokenException(string message, Exception cause) : IOException(message, cause);
