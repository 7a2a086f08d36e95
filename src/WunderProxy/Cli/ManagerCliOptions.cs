using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using WunderProxy.Configuration;
using WunderProxy.Fleet;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Cli;

/// <summary>The options that name the managers a command calls, and the token for them.</summary>
internal sealed class ManagerCliOptions
{
    private readonly Option<ManagerAddress[]> _managers = CliOption.Repeatable<ManagerAddress>(
        "--manager",
        "URL",
        "Manager API: http://HOST:8001, https://HOST:8001, HOST:8001 (http) or unix:PATH",
        ManagerAddress.Expected,
        ManagerAddress.TryParse);

    private readonly Option<string?> _authority = CliOption.Path(
        "--manager-ca", "FILE", "Certificates (PEM) of the authority that https:// managers are believed by [default: the machine's]");

    private readonly TokenCliOptions _token = new("Bearer token of the manager API", "File with the token");

    /// <summary>Adds the options to a command; at least one manager is required.</summary>
    public void AddTo(Command command)
    {
        _managers.Required = true;
        command.Options.Add(_managers);
        command.Options.Add(_authority);
        _token.AddTo(command);
    }

    /// <summary>Creates a client for each manager.</summary>
    /// <exception cref="UsageException">
    /// A manager is given twice, the token is not valid, a file cannot be read, or OpenSSL is needed and missing.
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

        if (addresses.FirstOrDefault(address => address.BaseAddress.Scheme == Uri.UriSchemeHttps) is { } encrypted)
        {
            OpenSslRequirement.Check($"{_managers.Name} {encrypted.Text}");
        }

        var authorities = Authorities(parsed.GetValue(_authority));
        return [.. addresses.Select(address => new ManagerClient(address, token, authorities))];
    }

    private X509Certificate2Collection? Authorities(string? path)
    {
        if (path is null)
        {
            return null;
        }

        OpenSslRequirement.Check(_authority.Name);
        try
        {
            return [.. PemFile.ReadCertificates(File.ReadAllText(path))];
        }
        catch (TlsException exception)
        {
            throw new UsageException($"{_authority.Name}: {path} {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{_authority.Name}: {exception.Message}", exception);
        }
    }
}
