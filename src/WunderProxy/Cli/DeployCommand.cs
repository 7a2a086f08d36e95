using System.CommandLine;
using WunderProxy.Configuration;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Fleet;
using WunderProxy.Hosting;
using WunderProxy.Instance;

namespace WunderProxy.Cli;

/// <summary><c>wunderproxy deploy</c>: brings a launch config into service on all managers and records it.</summary>
internal sealed class DeployCommand : Command
{
    private const string Example =
        "wunderproxy deploy my-bucket apps/shop --config shop.json --manager web1:8001 --manager web2:8001";

    private readonly StoreArguments _store = new();
    private readonly ManagerCliOptions _managers = new();
    private readonly DeployerCliOptions _deployer = new();
    private readonly Option<string?> _config = CliOption.Path(
        "--config", "FILE", "The launch config (JSON), at most 1 MiB; - is standard input");

    /// <summary>Declares arguments and options of the command.</summary>
    public DeployCommand()
        : base("deploy", "Store a launch config, launch it on every manager, then switch all of them to it.")
    {
        _store.AddTo(this);
        _config.Required = true;
        Options.Add(_config);
        _managers.AddTo(this);
        _deployer.AddTo(this);
        ExampleHelp.AddTo(this, Example);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var config = Read(parsed.GetRequiredValue(_config)!);
        using var store = _store.Open(parsed);
        using var managers = new ManagerClients(_managers.Clients(parsed));
        var run = _deployer.Run(parsed, store, _store.Prefix(parsed), managers);
        var summary = await StoreQuery.RunAsync(() => run.DeployAsync(config, cancellationToken));
        _deployer.WriteSummary(parsed, summary);
        return ExitCode.Success;
    }

    private static LaunchConfig Read(string path)
    {
        try
        {
            return path == "-" ? ReadStandardInput() : LaunchConfigFile.Load(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--config: {exception.Message}", exception);
        }
        catch (InvalidLaunchConfigException exception)
        {
            throw new UsageException($"--config: {path}: {exception.Message}", exception);
        }
    }

    private static LaunchConfig ReadStandardInput()
    {
        StandardStream.Require(StandardStream.Input);
        using var input = Console.OpenStandardInput();
        return LaunchConfigFile.Read(input);
    }
}
