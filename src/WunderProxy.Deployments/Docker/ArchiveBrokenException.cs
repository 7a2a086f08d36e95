namespace WunderProxy.Deployments.Docker;

/// <summary>What was to be loaded into the engine could not be read to its end: the fault of its source.</summary>
internal sealed class ArchiveBrokenException(string message, Exception cause) : IOException(message, cause);
