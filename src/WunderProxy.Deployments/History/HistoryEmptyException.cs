namespace WunderProxy.Deployments.History;

/// <summary>The history has no entry to go back to.</summary>
/// <param name="message">Which entry was looked for.</param>
public sealed class HistoryEmptyException(string message) : Exception(message);
