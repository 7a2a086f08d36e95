namespace WunderProxy.Deployments.Docker;

/// <summary>The progress of a pull or load.</summary>
/// <param name="Message">The engine's last status text.</param>
/// <param name="DoneBytes">Bytes transferred so far, over all layers.</param>
/// <param name="TotalBytes">Total number of bytes as far as known; 0 if unknown.</param>
internal readonly record struct PullProgress(string Message, long DoneBytes, long TotalBytes);
