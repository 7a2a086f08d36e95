namespace WunderProxy.Deployments.Storage;

/// <summary>A file has more bytes than its kind of document may have.</summary>
/// <param name="message">One clear sentence that names the path.</param>
internal sealed class FileTooLargeException(string message) : IOException(message);
