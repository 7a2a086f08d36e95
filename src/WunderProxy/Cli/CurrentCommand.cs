using System.CommandLine;
using System.Text;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Instance;

namespace WunderProxy.Cli;

/// <summary><c>wunderproxy current</c>: shows the launch config in service, or a part of it, from the store.</summary>
internal sealed class CurrentCommand : Command
{
    private readonly StoreArguments _store = new();
    private readonly Option<bool> _json = CliOption.Flag("--json", "Print JSON");

    private readonly Argument<string?> _part = new("PART")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "image: its image (localhost:8080/APP:REVISION if the config names none, with APP the last part of "
            + "PREFIX); env: its environment as KEY=value lines; config: the document, which is the default",
        HelpName = "image|env|config",
    };

    /// <summary>Declares arguments and options of the command.</summary>
    public CurrentCommand()
        : base("current", "Show the launch config that was deployed last, secrets included.")
    {
        _store.AddTo(this);
        _part.AcceptOnlyFromAmong("image", "env", "config");
        Arguments.Add(_part);
        Options.Add(_json);
        ExampleHelp.AddTo(this, "docker run --rm $(wunderproxy current my-bucket apps/shop image) rake db:migrate");
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var store = _store.Open(parsed);
        var prefix = _store.Prefix(parsed);
        var repository = new LaunchConfigRepository(store, prefix);
        var config = await StoreQuery.RunAsync(() => repository.LoadCurrentAsync(cancellationToken));
        var text = parsed.GetValue(_part) switch
        {
            "image" => TerminalText.Escape(CurrentText.Image(config, prefix, parsed.GetValue(_json))),
            "env" => CurrentText.Environment(config, parsed.GetValue(_json)),
            _ => Encoding.UTF8.GetString(config.Bytes.Span),
        };
        parsed.InvocationConfiguration.Output.WriteLine(text.TrimEnd('\n'));
        return ExitCode.Success;
    }
}
