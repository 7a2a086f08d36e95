namespace WunderProxy.Cli;

/// <summary>Thrown when a valid command did not succeed: a deploy, rollback or query. Exit code 1.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
