using System.CommandLine;
using WunderProxy.Configuration;
using WunderProxy.Managers;

namespace WunderProxy.Cli;

/// <summary>Which managers a command calls, and with which token.</summary>
internal sealed class ManagerCliOptions
{
    private readonly Option<ManagerAddress[]> _managers = CliOption.Repeatable<ManagerAddress>(
        "--manager",
        "URL",
        "Manager API: http://HOST:8001, HOST:8001 or unix:PATH",
        ManagerAddress.Expected,
        ManagerAddress.TryParse);

    private readonly Option<string?> _token = CliOption.Text("--api-token", "TOKEN", "Bearer token of the manager API");

    private readonly Option<string?> _tokenFile = CliOption.Text(
        "--api-token-file", "FILE", "File that holds the token");

    /// <summary>Gives a command these options; at least one manager is needed.</summary>
    public void AddTo(Command command)
    {
        _managers.Required = true;
        Option[] options = [_managers, _token, _tokenFile];
        Array.ForEach(options, command.Options.Add);
    }

    /// <summary>Makes a client for each manager.</summary>
    /// <exception cref="UsageException">The token file cannot be read.</exception>
    public IReadOnlyList<ManagerClient> Clients(ParseResult parsed)
    {
        var token = parsed.GetValue(_tokenFile) is { } file ? ApiToken.ReadFile(file) : parsed.GetValue(_token);
        return [.. parsed.GetRequiredValue(_managers).Select(address => new ManagerClient(address, token))];
    }
}
