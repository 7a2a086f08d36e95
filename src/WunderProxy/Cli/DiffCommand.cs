using System.CommandLine;
using System.Text.Json;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Operations;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Explanations;

namespace WunderProxy.Cli;

/// <summary><c>wunderproxy diff</c>: shows in what two launch configs of the store differ, secrets masked.</summary>
internal sealed class DiffCommand : Command
{
    private const string Examples =
        """
        wunderproxy diff my-bucket apps/shop
        wunderproxy diff my-bucket apps/shop r41 r42
        """;

    private readonly StoreArguments _store = new();
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print JSON");

    private readonly Argument<string?> _from = new("FROM")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "The launch config before: a hash, a revision, or ~N for an entry of the history [default: ~1, the last but one]",
        HelpName = "HASH|REVISION|~N",
    };

    private readonly Argument<string?> _to = new("TO")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "The launch config after [default: ~0, the last entry of the history]",
        HelpName = "HASH|REVISION|~N",
    };

    /// <summary>Declares arguments and options of the command.</summary>
    public DiffCommand()
        : base("diff", "Show in what two launch configs differ; without more, what the last deploy changed.")
    {
        _store.AddTo(this);
        Arguments.Add(_from);
        Arguments.Add(_to);
        Options.Add(_json);
        ExampleHelp.AddTo(this, Examples);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var store = _store.Open(parsed);
        var configs = new LaunchConfigRepository(store, _store.Prefix(parsed));
        var repository = new HistoryRepository(store, _store.Prefix(parsed), TimeProvider.System);
        var diff = await StoreQuery.RunAsync(async () =>
        {
            var finder = new ConfigFinder(await repository.LoadAsync(cancellationToken), configs.LoadAsync);
            var from = await finder.FindAsync(parsed.GetValue(_from) ?? DiffRoute.DefaultFrom, cancellationToken);
            var to = await finder.FindAsync(parsed.GetValue(_to) ?? DiffRoute.DefaultTo, cancellationToken);
            var measurements = await FleetMeasurements.ReadAsync(
                new EventReader(store, _store.Prefix(parsed)), TimeProvider.System, cancellationToken);
            return new DiffView(SideOf(from, measurements), SideOf(to, measurements), ConfigDiff.Of(from, to, showsTexts: true))
            {
                Notes = [.. finder.Notes, .. measurements.Notes],
            };
        });
        parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(_json)
            ? JsonSerializer.Serialize(diff, ApiJson.Context.DiffView)
            : TerminalText.EscapeLines(DiffText.Write(diff).TrimEnd('\n')));
        return ExitCode.Success;
    }

    private static DiffSide SideOf(LaunchConfig config, FleetMeasurements measurements) =>
        new(config.Hash.Value, config.Revision, measurements.Of(config.Hash.Value));
}
