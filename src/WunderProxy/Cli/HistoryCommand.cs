using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;

namespace WunderProxy.Cli;

/// <summary><c>wunderproxy history</c>: shows the deployments, from the store.</summary>
internal sealed class HistoryCommand : Command
{
    private readonly StoreArguments _store = new();
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print JSON");

    /// <summary>Declares arguments and options of the command.</summary>
    public HistoryCommand()
        : base("history", "Show the deployments, oldest first; the last one is current.")
    {
        _store.AddTo(this);
        Options.Add(_json);
        ExampleHelp.AddTo(this, "wunderproxy history my-bucket apps/shop");
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var store = _store.Open(parsed);
        var repository = new HistoryRepository(store, _store.Prefix(parsed), TimeProvider.System);
        var history = await StoreQuery.RunAsync(() => repository.LoadAsync(cancellationToken));
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            var document = new HistoryDocument([.. history.Entries.Select(entry => ViewOf(entry, history))]);
            output.WriteLine(JsonSerializer.Serialize(document, ApiJson.Context.HistoryDocument));
        }
        else
        {
            WriteTable(output, history);
        }

        return ExitCode.Success;
    }

    private static HistoryEntryView ViewOf(HistoryEntry entry, DeploymentHistory history) => new(
        entry.Revision, entry.DeployedAt, entry.DeployedBy, entry.Hash, ReferenceEquals(entry, history.Last));

    private static void WriteTable(TextWriter output, DeploymentHistory history)
    {
        if (history.Last is null)
        {
            output.WriteLine("nothing was deployed yet");
            return;
        }

        var table = new TextTable("", "DEPLOYED AT", "REVISION", "HASH", "BY");
        foreach (var entry in history.Entries)
        {
            table.Add(
                ReferenceEquals(entry, history.Last) ? "*" : "",
                entry.DeployedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                entry.Revision,
                ShortId.Of(entry.Hash),
                entry.DeployedBy);
        }

        table.WriteTo(output);
    }
}
