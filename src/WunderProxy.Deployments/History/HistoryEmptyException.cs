namespace WunderProxy.Deployments.History;

/// <summary>Thrown when the history has no entry to go back to.</summary>
/// <param name="message">Which entry was looked for, as a sentence.</param>
public sealed class HistoryEmptyException(string message) : Exception(message);
