namespace WunderProxy.Deployments.Storage;

/// <summary>
/// A local record is there and the file system does not give it out. To start without it could serve something else
/// than before, so nothing is started.
/// </summary>
/// <param name="message">One clear sentence.</param>
/// <param name="cause">What the file system said.</param>
public sealed class StateUnreadableException(string message, Exception cause) : Exception(message, cause);
