namespace WunderProxy.Deployments.Storage;

/// <summary>The local state cannot be written; nothing was switched.</summary>
/// <param name="message">One clear sentence.</param>
/// <param name="cause">What the file system said, if it was asked.</param>
public sealed class StateUnwritableException(string message, Exception? cause = null) : Exception(message, cause);
