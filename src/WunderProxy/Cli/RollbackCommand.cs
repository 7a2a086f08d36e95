using System.CommandLine;
using WunderProxy.Fleet;
using WunderProxy.Instance;

namespace WunderProxy.Cli;

/// <summary>
/// <c>wunderproxy rollback</c>: brings an earlier entry of the history back into service on all managers.
/// </summary>
internal sealed class RollbackCommand : Command
{
    private readonly StoreArguments _store = new();
    private readonly ManagerCliOptions _managers = new();
    private readonly DeployerCliOptions _deployer = new();

    private readonly Option<string?> _to = CliOption.Text(
        "--to", "HASH|REVISION", "Where to go back to [default: the entry before the current one]");

    /// <summary>Declares arguments and options of the command.</summary>
    public RollbackCommand()
        : base("rollback", "Go back to an earlier deployment on every manager; later entries leave the history.")
    {
        _store.AddTo(this);
        Options.Add(_to);
        _managers.AddTo(this);
        _deployer.AddTo(this);
        ExampleHelp.AddTo(this, "wunderproxy rollback my-bucket apps/shop --manager web1:8001 --to r41");
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var store = _store.Open(parsed);
        using var managers = new ManagerClients(_managers.Clients(parsed));
        var run = _deployer.Run(parsed, store, _store.Prefix(parsed), managers);
        var summary = await StoreQuery.RunAsync(
            () => run.RollbackAsync(parsed.GetValue(_to) ?? string.Empty, cancellationToken));
        _deployer.WriteSummary(parsed, summary);
        return ExitCode.Success;
    }
}
