using System.CommandLine;
using System.Text.Json;
using WunderProxy.Cli.Watch;
using WunderProxy.Fleet;
using WunderProxy.Hosting;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;

namespace WunderProxy.Cli;

/// <summary><c>wunderproxy status</c>: shows the state of one or more instances, once or repeatedly.</summary>
internal sealed class StatusCommand : Command
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly ManagerCliOptions _managers = new();
    private readonly Option<bool> _watch = CliOption.Flag("--watch", "Show the state anew every second, on a terminal as a screen that q leaves");
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print the answers as JSON, one per line");

    /// <summary>Declares arguments and options of the command.</summary>
    public StatusCommand()
        : base("status", "Show what an instance serves and its state.")
    {
        _managers.AddTo(this);
        Options.Add(_watch);
        Options.Add(_json);
        ExampleHelp.AddTo(this, "wunderproxy status --manager web1:8001 --watch");
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var clients = _managers.Clients(parsed);
        try
        {
            var isScreen = parsed.GetValue(_watch) && !parsed.GetValue(_json)
                && WatchTerminal.IsScreen(Environment.GetEnvironmentVariable);
            if (isScreen && parsed.InvocationConfiguration.Output is TerminalWriter { IsTerminal: true } writer)
            {
                using var interruption = new Interruption(cancellationToken);
                using var terminal = new WatchTerminal(
                    writer, WatchTerminal.WantsColours(Environment.GetEnvironmentVariable));
                await new StatusWatch(token => PagesAsync(clients, token), TimeProvider.System)
                    .RunAsync(terminal, interruption.Token);
                return ExitCode.Success;
            }

            return await PrintAsync(parsed, clients, cancellationToken);
        }
        finally
        {
            foreach (var client in clients)
            {
                client.Dispose();
            }
        }
    }

    private async Task<int> PrintAsync(
        ParseResult parsed, IReadOnlyList<ManagerClient> clients, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        int code;
        do
        {
            var texts = await Task.WhenAll(
                clients.Select(client => AskAsync(client, parsed.GetValue(_json), cancellationToken)));
            code = texts.All(text => text.IsAnswer) ? ExitCode.Success : ExitCode.Failure;
            WriteAll(output, texts.Where(text => text.IsAnswer));
            output.Flush();
            WriteAll(error, texts.Where(text => !text.IsAnswer));
        }
        while (parsed.GetValue(_watch) && !StandardStream.HasNoReader(StandardStream.Output) && await PauseAsync(cancellationToken));
        return code;
    }

    private static async Task<IReadOnlyList<WatchPage>> PagesAsync(
        IReadOnlyList<ManagerClient> clients, CancellationToken cancellationToken)
    {
        var pages = await Task.WhenAll(clients.Select(client => PagesAsync(client, cancellationToken)));
        return [.. pages.SelectMany(page => page)];
    }

    private static async Task<IReadOnlyList<WatchPage>> PagesAsync(ManagerClient client, CancellationToken cancellationToken)
    {
        try
        {
            var status = await client.GetStatusAsync(cancellationToken);
            return status.Applications.Count > 0
                ? [.. status.Applications.Select(application => ApplicationPage.Of(client.Name, status, application))]
                : [PageOfEarlierVersion(client.Name, status)];
        }
        catch (ManagerCallException exception)
        {
            return [new WatchPage(client.Name, [new ScreenLine().Add(exception.Message.ReplaceLineEndings(" "), Tone.Bad)])];
        }
    }

    private static WatchPage PageOfEarlierVersion(string manager, StatusDocument status) =>
        new(manager, [.. StatusText.Write(manager, status).Split('\n').Select(line => new ScreenLine().Add(line))]);

    /// <summary>
    /// Writes answers to standard output and failures to standard error, even with JSON, so that a program that reads
    /// answers gets nothing else.
    /// </summary>
    private static void WriteAll(TextWriter writer, IEnumerable<(bool IsAnswer, string Text)> texts)
    {
        foreach (var (_, text) in texts)
        {
            writer.WriteLine(text);
        }
    }

    private static async Task<bool> PauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(WatchInterval, TimeProvider.System, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<(bool IsAnswer, string Text)> AskAsync(
        ManagerClient client, bool asJson, CancellationToken cancellationToken)
    {
        try
        {
            var status = await client.GetStatusAsync(cancellationToken);
            return (true, asJson
                ? JsonSerializer.Serialize(status, ApiJson.Context.StatusDocument)
                : StatusText.Write(client.Name, status));
        }
        catch (ManagerCallException exception)
        {
            return (false, asJson
                ? JsonSerializer.Serialize(
                    new ApiError("unreachable", $"{client.Name}: {exception.Message}", null), ApiJson.Context.ApiError)
                : "wunderproxy: " + TerminalText.Escape($"{client.Name}: {exception.Message.ReplaceLineEndings(" ")}"));
        }
    }
}
