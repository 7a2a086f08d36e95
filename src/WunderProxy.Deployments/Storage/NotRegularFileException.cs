namespace WunderProxy.Deployments.Storage;

/// <summary>Where a regular file is expected lies something else: a link, a FIFO, a directory.</summary>
/// <param name="message">One clear sentence that names the path.</param>
internal sealed class NotRegularFileException(string message) : IOException(message);
