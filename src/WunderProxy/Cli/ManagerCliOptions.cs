using System.CommandLine;
using WunderProxy.Configuration;
using WunderProxy.Fleet;

namespace WunderProxy.Cli;

/// <summary>The options that name the managers a command calls, and the token for them.</summary>
internal sealed class ManagerCliOptions
{
    private readonly Option<ManagerAddress[]> _managers = CliOption.Repeatable<ManagerAddress>(
        "--manager",
        "URL",
        "Manager API: http://HOST:8001, HOST:8001 or unix:PATH",
        ManagerAddress.Expected,
        ManagerAddress.TryParse);

    private readonly TokenCliOptions _token = new("Bearer token of the manager API", "File with the token");

    /// <summary>Adds the options to a command; at least one manager is required.</summary>
    public void AddTo(Command command)
    {
        _managers.Required = true;
        command.Options.Add(_managers);
        _token.AddTo(command);
    }

    /// <summary>Creates a client for each manager.</summary>
    /// <exception cref="UsageException">
    /// A manager is given twice, the token is not valid, or its file cannot be read.
    /// </exception>
    public IReadOnlyList<ManagerClient> Clients(ParseResult parsed)
    {
        var (given, file) = _token.Map(parsed);
        var token = file is null ? given : ApiToken.ReadFile(file);
        var addresses = parsed.GetRequiredValue(_managers);
        var seen = new HashSet<(Uri, string?)>();
        if (addresses.FirstOrDefault(address => !seen.Add((address.BaseAddress, address.UnixSocket?.ToString()))) is { } again)
        {
            throw new UsageException($"--manager {again.Text} is given twice: name each manager once");
        }

        return [.. addresses.Select(address => new ManagerClient(address, token))];
    }
}
