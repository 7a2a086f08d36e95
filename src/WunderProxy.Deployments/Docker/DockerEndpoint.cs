using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.Deployments.Docker;

/// <summary>Where a Docker engine listens: a unix socket, TCP, or TCP with TLS.</summary>
public sealed class DockerEndpoint
{
    /// <summary>Docker's own default.</summary>
    public const string DefaultUrl = "unix:///var/run/docker.sock";

    private const int DefaultPort = 2375;
    private const int DefaultTlsPort = 2376;

    private readonly string? _certificateDirectory;

    private DockerEndpoint(string url, string? socketPath, string host, int port, string? certificateDirectory)
    {
        Url = url;
        SocketPath = socketPath;
        Host = host;
        Port = port;
        _certificateDirectory = certificateDirectory;
    }

    /// <summary>The address as it was written.</summary>
    public string Url { get; }

    /// <summary>Path of the unix socket; null for TCP.</summary>
    public string? SocketPath { get; }

    /// <summary>Host name or address; empty for a unix socket.</summary>
    public string Host { get; }

    /// <summary>TCP port; 0 for a unix socket.</summary>
    public int Port { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsTls => _certificateDirectory is not null;

    /// <summary>Whether the engine runs on this machine: a unix socket or a loopback address.</summary>
    public bool IsLocal => SocketPath is not null
        || string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    internal Uri BaseAddress => SocketPath is not null
        ? new Uri("http://docker/")
        : new UriBuilder(IsTls ? "https" : "http", Host, Port).Uri;

    /// <summary>Reads <c>--docker-host</c>, else <c>DOCKER_HOST</c>, with <c>DOCKER_TLS_VERIFY</c> and <c>DOCKER_CERT_PATH</c>.</summary>
    /// <param name="url">The option's value; null or empty when not given.</param>
    /// <param name="environment">Looks up an environment variable.</param>
    /// <exception cref="FormatException">The address is not understood.</exception>
    public static DockerEndpoint FromEnvironment(string? url, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var chosen = FirstText(url, environment("DOCKER_HOST"), DefaultUrl);
        if (string.IsNullOrEmpty(environment("DOCKER_TLS_VERIFY")))
        {
            return Parse(chosen);
        }

        var home = environment("HOME") ?? "/";
        return Parse(chosen, FirstText(environment("DOCKER_CERT_PATH"), Path.Combine(home, ".docker")));
    }

    /// <summary>Reads <c>unix://PATH</c> or <c>tcp://HOST:PORT</c>.</summary>
    /// <param name="url">The address.</param>
    /// <param name="certificateDirectory">Holds <c>ca.pem</c>, <c>cert.pem</c>, <c>key.pem</c>; null for no TLS.</param>
    /// <exception cref="FormatException">The address is not understood.</exception>
    public static DockerEndpoint Parse(string url, string? certificateDirectory = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.StartsWith("unix://", StringComparison.Ordinal) && url.Length > "unix://".Length)
        {
            return new DockerEndpoint(url, url["unix://".Length..], "", 0, null);
        }

        var isTcp = Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && uri.Scheme is "tcp" or "http" or "https" && uri!.Host.Length > 0;
        if (!isTcp)
        {
            throw new FormatException($"Docker host '{url}' is neither unix://PATH nor tcp://HOST:PORT");
        }

        var defaultPort = certificateDirectory is null ? DefaultPort : DefaultTlsPort;
        var hasPort = url.AsSpan(url.LastIndexOf(']') + 1).LastIndexOf(':') > url.IndexOf("//", StringComparison.Ordinal);
        return new DockerEndpoint(url, null, uri!.IdnHost, hasPort ? uri.Port : defaultPort, certificateDirectory);
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

        if (_certificateDirectory is not null)
        {
            handler.SslOptions = ReadCertificates(_certificateDirectory);
        }

        return handler;
    }

    private static SslClientAuthenticationOptions ReadCertificates(string directory)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(Path.Combine(directory, "ca.pem"));
        var client = X509Certificate2.CreateFromPemFile(
            Path.Combine(directory, "cert.pem"), Path.Combine(directory, "key.pem"));
        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            ClientCertificates = [client],
        };
    }

    private static string FirstText(params string?[] candidates) => candidates.First(text => !string.IsNullOrEmpty(text))!;

    private async ValueTask<Stream> ConnectUnixAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath!), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
