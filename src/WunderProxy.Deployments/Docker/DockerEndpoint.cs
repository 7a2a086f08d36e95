using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace WunderProxy.Deployments.Docker;

/// <summary>The address of a Docker engine: a unix socket, TCP, or TCP with TLS.</summary>
public sealed partial class DockerEndpoint
{
    /// <summary>The engine's default address.</summary>
    public const string DefaultUrl = "unix:///var/run/docker.sock";

    private const string UnixScheme = "unix://";

    /// <summary>Longest path of a socket address (<c>sun_path</c>) in bytes, without the terminating NUL.</summary>
    private const int MaxSocketPathBytes = 107;

    private const int DefaultPort = 2375;
    private const int DefaultTlsPort = 2376;

    private readonly string? _certificateDirectory;

    private DockerEndpoint(string url, string? socketPath, string host, int port, bool isTls, string? certificateDirectory)
    {
        Url = url;
        SocketPath = socketPath;
        Host = host;
        Port = port;
        IsTls = isTls;
        _certificateDirectory = certificateDirectory;
    }

    /// <summary>The address as written by the user.</summary>
    public string Url { get; }

    /// <summary>Path of the unix socket; null for TCP.</summary>
    public string? SocketPath { get; }

    /// <summary>Host name or IP address; empty for a unix socket.</summary>
    public string Host { get; }

    /// <summary>TCP port; 0 for a unix socket.</summary>
    public int Port { get; }

    /// <summary>Whether the connection uses TLS.</summary>
    public bool IsTls { get; }

    /// <summary>Whether the engine runs on this machine: a unix socket or a loopback address.</summary>
    public bool IsLocal => SocketPath is not null
        || string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    internal Uri BaseAddress => SocketPath is not null
        ? new Uri("http://docker/")
        : new UriBuilder(IsTls ? "https" : "http", Host, Port).Uri;

    /// <summary>
    /// Finds the engine: <c>--docker-host</c>, else <c>DOCKER_HOST</c> with <c>DOCKER_TLS_VERIFY</c> and
    /// <c>DOCKER_CERT_PATH</c>, else the context that <c>DOCKER_CONTEXT</c> names. The Docker client's current context
    /// is ignored, because changing it would move a service.
    /// </summary>
    /// <param name="url">Value of the option; null or empty if not given.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    /// <exception cref="FormatException">The address or the context is invalid.</exception>
    public static DockerEndpoint FromEnvironment(string? url, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var chosen = string.IsNullOrEmpty(url) ? environment("DOCKER_HOST") : url;
        var context = environment("DOCKER_CONTEXT");
        if (string.IsNullOrEmpty(chosen) && context is not (null or "" or DockerContext.DefaultName))
        {
            return DockerContext.Read(context, DockerConfigFolder.Of(environment));
        }

        chosen = string.IsNullOrEmpty(chosen) ? DefaultUrl : chosen;
        if (string.IsNullOrEmpty(environment("DOCKER_TLS_VERIFY")))
        {
            return Parse(chosen);
        }

        var certificates = environment("DOCKER_CERT_PATH");
        return Parse(chosen, string.IsNullOrEmpty(certificates) ? Path.Combine(environment("HOME") ?? "/", ".docker") : certificates);
    }

    /// <summary>Reads the certificates that calls will need, so that faults show early.</summary>
    /// <exception cref="FormatException">A certificate is missing or malformed.</exception>
    public void CheckCertificates()
    {
        try
        {
            _ = IsTls ? ReadCertificates(_certificateDirectory) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new FormatException(
                $"TLS to {Url} needs ca.pem, and with client certificates cert.pem and key.pem, in {_certificateDirectory}: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Parses <c>unix://PATH</c> or <c>tcp://HOST:PORT</c>; <c>http://</c> and <c>https://</c> are accepted in place of
    /// <c>tcp://</c>.
    /// </summary>
    /// <param name="url">
    /// The address. The default port is 2375, with TLS 2376; without a host, as in <c>tcp://:2375</c>, the host is
    /// localhost.
    /// </param>
    /// <param name="certificateDirectory">
    /// Directory with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>; null for none.
    /// </param>
    /// <exception cref="FormatException">The address is invalid.</exception>
    public static DockerEndpoint Parse(string url, string? certificateDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        var address = url.Trim();
        if (address.StartsWith(UnixScheme, StringComparison.Ordinal) && address.Length > UnixScheme.Length)
        {
            return ParseUnix(url, address[UnixScheme.Length..]);
        }

        var match = TcpAddress().Match(address);
        var isTls = certificateDirectory is not null || match.Groups["scheme"].Value == "https";
        var port = isTls ? DefaultTlsPort : DefaultPort;
        var host = match.Groups["host"].Value.Trim('[', ']');
        var isPort = !match.Groups["port"].Success
            || (int.TryParse(match.Groups["port"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is > 0 and <= IPEndPoint.MaxPort);
        var isHost = host.Length == 0
            ? match.Groups["port"].Success
            : Uri.CheckHostName(host) != UriHostNameType.Unknown && match.Groups["host"].Value.StartsWith('[') == host.Contains(':', StringComparison.Ordinal);
        return match.Success && isPort && isHost
            ? new DockerEndpoint(url, null, host.Length == 0 ? "localhost" : host, port, isTls, certificateDirectory)
            : throw new FormatException(
                $"Docker host '{url}' is neither unix://PATH nor tcp://HOST:PORT; an IPv6 address needs brackets, and nothing may follow the port");
    }

    private static DockerEndpoint ParseUnix(string url, string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed.Length > 0 && Encoding.UTF8.GetByteCount(trimmed) <= MaxSocketPathBytes
            ? new DockerEndpoint(url, trimmed, "", 0, false, null)
            : throw new FormatException($"Docker host '{url}' names no socket: a path has 1 to {MaxSocketPathBytes} bytes");
    }

    internal SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        if (SocketPath is not null)
        {
            handler.ConnectCallback = ConnectUnixAsync;
        }

        if (IsTls)
        {
            handler.SslOptions = ReadCertificates(_certificateDirectory);
        }

        return handler;
    }

    /// <summary>
    /// Reads the certificates. Without a directory the machine's own authorities are trusted and no client certificate
    /// is sent; a directory may hold the authority's certificate alone.
    /// </summary>
    private static SslClientAuthenticationOptions ReadCertificates(string? directory)
    {
        if (directory is null)
        {
            return new SslClientAuthenticationOptions();
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(Path.Combine(directory, "ca.pem"));
        var (certificate, key) = (Path.Combine(directory, "cert.pem"), Path.Combine(directory, "key.pem"));
        var hasClient = File.Exists(certificate) || File.Exists(key);
        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            ClientCertificates = hasClient ? [X509Certificate2.CreateFromPemFile(certificate, key)] : null,
        };
    }

    private async ValueTask<Stream> ConnectUnixAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath!), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
#pragma warning disable MA0054 // The innermost exception is shown to users, and this one says more than the socket's own.
            throw new IOException(UnixSocketFault.Explain(SocketPath!, exception));
#pragma warning restore MA0054
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [GeneratedRegex("^(?<scheme>tcp|http|https)://(?<host>[^/:@?#\\[\\]\\s]*|\\[[0-9A-Fa-f:.]+\\])(:(?<port>[0-9]{1,5}))?/?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TcpAddress();
}
