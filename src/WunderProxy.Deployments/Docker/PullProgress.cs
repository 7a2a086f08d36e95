namespace WunderProxy.Deployments.Docker;

/// <summary>How far a pull or load has come.</summary>
/// <param name="Message">The engine's last status.</param>
/// <param name="DoneBytes">Bytes so far over all layers.</param>
/// <param name="TotalBytes">Bytes in all, as far as known; 0 when not.</param>
internal readonly record struct PullProgress(string Message, long DoneBytes, long TotalBytes);
