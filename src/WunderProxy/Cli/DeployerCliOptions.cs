using System.CommandLine;
using System.Text.Json;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Storage;
using WunderProxy.Fleet;
using WunderProxy.ManagerApi;

namespace WunderProxy.Cli;

/// <summary>The options about the deployer's name, the guard, and the output of deploying commands.</summary>
internal sealed class DeployerCliOptions
{
    private readonly Option<string?> _by = CliOption.Text(
        "--by", "NAME", "Name of the deployer, for the history [default: user@machine]");

    private readonly Option<TimeSpan?> _guard = CliOption.Duration(
        "--guard", "How long every manager watches the new revision; if one finds it worse, all go back");

    private readonly Option<bool> _json = CliOption.Flag("--json", "Print only the result, as JSON");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_by);
        command.Options.Add(_guard);
        command.Options.Add(_json);
    }

    /// <summary>Returns the deployer's name.</summary>
    /// <exception cref="UsageException">The name is too long or not printable.</exception>
    private string By(ParseResult parsed) => parsed.GetValue(_by) switch
    {
        not { Length: > 0 } => DeployerName.From($"{Environment.UserName}@{Environment.MachineName}"),
        { } by when DeployerName.IsValid(by) => by,
        _ => throw new UsageException($"--by is not a name of {DeployerName.Expected}"),
    };

    /// <summary>Creates the report: a progress bar on a terminal, lines in a pipe, nothing beside JSON.</summary>
    private FleetReport Report(ParseResult parsed)
    {
        var output = parsed.GetValue(_json) ? TextWriter.Null : parsed.InvocationConfiguration.Output;
        return new FleetReport(output as TerminalWriter ?? new TerminalWriter(output), parsed.InvocationConfiguration.Error);
    }

    /// <summary>Creates the deploy or rollback that the options describe.</summary>
    /// <exception cref="UsageException">The name of the deployer is too long or not printable.</exception>
    public DeploymentRun Run(ParseResult parsed, IObjectStore store, string prefix, ManagerClients managers) => new(
        store, prefix, managers.All, By(parsed), parsed.GetValue(_guard), Report(parsed), TimeProvider.System);

    /// <summary>Prints the summary of a finished deploy or rollback.</summary>
    /// <exception cref="CommandFailedException">
    /// Everything is in service and recorded, but the summary cannot be printed.
    /// </exception>
    public void WriteSummary(ParseResult parsed, DeploymentSummary summary)
    {
        var line = TerminalText.Escape($"{summary.Action} {summary.Revision} ({ShortId.Of(summary.Hash)})"
            + $" on {Count(summary.Managers.Count)} in {summary.Seconds:0.0} s");
        var output = parsed.InvocationConfiguration.Output;
        try
        {
            output.WriteLine(parsed.GetValue(_json) ? JsonSerializer.Serialize(summary, CliJson.Context.DeploymentSummary) : line);
            output.Flush();
        }
        catch (CommandFailedException exception)
        {
            throw new CommandFailedException($"{line}, all is recorded; but {exception.Message}");
        }
    }

    private static string Count(int managers) => managers == 1 ? "1 manager" : $"{managers} managers";
}
