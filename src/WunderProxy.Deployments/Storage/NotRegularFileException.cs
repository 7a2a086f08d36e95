namespace WunderProxy.Deployments.Storage;

/// <summary>Thrown when a link, a FIFO, a directory or the like is found where a regular file is expected.</summary>
/// <param name="message">One clear sentence that names the path.</param>
internal sealed class NotRegularFileException(string message) : IOException(message);
