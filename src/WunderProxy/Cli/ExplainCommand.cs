using System.CommandLine;
using System.Text.Json;
using WunderProxy.Fleet;
using WunderProxy.Instance;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Explanations;

namespace WunderProxy.Cli;

/// <summary><c>wunderproxy explain</c>: says what went wrong on one or more instances, and what to do.</summary>
internal sealed class ExplainCommand : Command
{
    private const string Examples =
        """
        wunderproxy explain --manager web1:8001
        wunderproxy explain --manager web1:8001 errors
        """;

    private readonly ManagerCliOptions _managers = new();
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print the answers as JSON, one per line");

    private readonly Argument<string?> _what = new("WHAT")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "launch: the last launch that failed; switch: the last switch, with the numbers of both revisions; errors: the errors of the last ten minutes; by default what is most pressing",
        HelpName = string.Join('|', ExplainedMatter.All),
    };

    /// <summary>Declares arguments and options of the command.</summary>
    public ExplainCommand()
        : base("explain", "Say in words what went wrong, with the evidence and what to do.")
    {
        _what.AcceptOnlyFromAmong([.. ExplainedMatter.All]);
        Arguments.Add(_what);
        _managers.AddTo(this);
        Options.Add(_json);
        ExampleHelp.AddTo(this, Examples);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var clients = new ManagerClients(_managers.Clients(parsed));
        var code = ExitCode.Success;
        foreach (var client in clients.Each)
        {
            if (!await TryExplainAsync(client, clients.Each.Count > 1, parsed, cancellationToken))
            {
                code = ExitCode.Failure;
            }
        }

        return code;
    }

    /// <summary>Asks one manager and prints its answer, or on standard error why there is none.</summary>
    private async Task<bool> TryExplainAsync(
        ManagerClient client, bool isNamed, ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            var explanation = await client.GetExplanationAsync(parsed.GetValue(_what), cancellationToken);
            var heading = isNamed ? $"{client.Name}:\n" : "";
            output.WriteLine(parsed.GetValue(_json)
                ? JsonSerializer.Serialize(explanation, ApiJson.Context.ExplanationDocument)
                : TerminalText.EscapeLines(heading + ExplanationText.Write(explanation).TrimEnd('\n')));
            return true;
        }
        catch (ManagerCallException exception)
        {
            error.WriteLine("wunderproxy: " + TerminalText.Escape($"{client.Name}: {exception.Message.ReplaceLineEndings(" ")}"));
            return false;
        }
    }
}
