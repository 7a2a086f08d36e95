namespace WunderProxy.Deployments.Storage;

/// <summary>Thrown when the local state cannot be written; nothing was switched.</summary>
/// <param name="message">One clear sentence.</param>
/// <param name="cause">The exception of the file system, if one was involved.</param>
public sealed class StateUnwritableException(string message, Exception? cause = null) : Exception(message, cause);
