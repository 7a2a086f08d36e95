using System.CommandLine;
using System.Net;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Cli;

/// <summary>
/// The command-line options of the manager API, and their conversion to <see cref="ManagerApiOptions"/>.
/// </summary>
internal sealed class ApiCliOptions
{
    private readonly Option<EndPoint[]> _api = CliOption.Addresses(
        "--api", "Where the manager API listens: HOST:PORT or unix:PATH");

    private readonly Option<UnixFileMode?> _mode = CliOption.FileMode(
        "--api-mode", "File mode of the API's unix sockets [default: 0600]");

    private readonly Option<EndPoint[]> _status = CliOption.Addresses(
        "--status", "Where load balancers may ask for /status, /livez and /metrics only: HOST:PORT or unix:PATH");

    private readonly TokenCliOptions _token = new(
        "Bearer token for calls that make changes", "File with the token; read again on SIGHUP");

    private readonly Option<IPNetwork[]> _open = CliOption.Repeatable<IPNetwork>(
        "--api-open",
        "CIDR",
        "Network whose callers may make changes without a token",
        TrustText.ExpectedNetwork,
        TrustText.TryParseNetwork);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options = [_api, _mode, _status, _open];
        Array.ForEach(options, command.Options.Add);
        _token.AddTo(command);
    }

    /// <summary>Converts the given options of the manager API.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="defaultEndPoint">Address to listen on without <c>--api</c>; null for none.</param>
    /// <param name="proxy">The proxy's options, whose limits apply here too.</param>
    /// <exception cref="UsageException">The given token is not valid.</exception>
    public ManagerApiOptions Map(ParseResult parsed, EndPoint? defaultEndPoint, ForwarderOptions proxy)
    {
        var given = parsed.GetValue(_api) ?? [];
        var endPoints = given.Length > 0 || defaultEndPoint is null
            ? ListenAddress.ResolveAll(_api.Name, given)
            : [defaultEndPoint];
        var (token, tokenFile) = _token.Map(parsed);
        return new ManagerApiOptions
        {
            EndPoints = endPoints,
            UnixSocketMode = parsed.GetValue(_mode) ?? new ManagerApiOptions().UnixSocketMode,
            Token = token,
            TokenFile = tokenFile,
            Open = parsed.GetValue(_open) ?? [],
            Limits = proxy.Limits,
            Transport = proxy.Transport,
        };
    }

    /// <summary>Converts the options of the listener for load balancers.</summary>
    public StatusListenerOptions MapStatus(ParseResult parsed, ForwarderOptions proxy) => new()
    {
        EndPoints = [.. (parsed.GetValue(_status) ?? []).Select(ListenAddress.Resolve)],
        Limits = proxy.Limits,
        Transport = proxy.Transport,
    };
}
