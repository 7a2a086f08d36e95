namespace WunderProxy.Cli;

/// <summary>A command was understood and did not succeed: a deploy, rollback or query. Exit code 1.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
