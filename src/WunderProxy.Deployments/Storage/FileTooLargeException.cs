namespace WunderProxy.Deployments.Storage;

/// <summary>Thrown when a file is larger than a document of its kind may be.</summary>
/// <param name="message">One clear sentence that names the path.</param>
internal sealed class FileTooLargeException(string message) : IOException(message);
