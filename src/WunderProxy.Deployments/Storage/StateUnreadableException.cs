namespace WunderProxy.Deployments.Storage;

/// <summary>
/// Thrown when a local record exists but cannot be read. Starting without the record could serve another container than
/// before, so nothing is started.
/// </summary>
/// <param name="message">One clear sentence.</param>
/// <param name="cause">The exception of the file system.</param>
public sealed class StateUnreadableException(string message, Exception cause) : Exception(message, cause);
