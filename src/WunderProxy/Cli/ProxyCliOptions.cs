using System.CommandLine;
using System.Net;
using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Hosting;

namespace WunderProxy.Cli;

/// <summary>
/// The command-line options of the proxy, which <c>run</c> and <c>forward</c> share, and their conversion to
/// <see cref="ForwarderOptions"/>.
/// </summary>
internal sealed class ProxyCliOptions
{
    /// <summary>The option for the proxy's addresses.</summary>
    public Option<EndPoint[]> Proxy { get; } = CliOption.Addresses(
        "--proxy", "Where the proxy listens: HOST:PORT, :80 (IPv4 and IPv6), [::]:80 (IPv6) or unix:PATH [default: 0.0.0.0:80]");

    private readonly Option<IReadOnlyList<IPNetwork>[]> _trustedProxy = CliOption.Repeatable<IReadOnlyList<IPNetwork>>(
        "--trusted-proxy",
        "CIDR|private|none",
        "Proxies whose forwarding headers are believed [default: private]",
        TrustText.Expected,
        TrustText.TryParse);

    private readonly Option<IPNetwork[]> _proxyProtocol = CliOption.Repeatable<IPNetwork>(
        "--proxy-protocol",
        "CIDR",
        "Load balancers whose connections begin with a PROXY header, version 1 or 2 [default: none]",
        TrustText.ExpectedNetwork,
        TrustText.TryParseNetwork);

    private readonly PeerCliOptions _peers = new();
    private readonly BufferCliOptions _buffers = new();
    private readonly AccessLogCliOptions _accessLog = new();

    private readonly TlsCliOptions _tls = new();

    private readonly Option<string?> _via = CliOption.Text(
        "--via", "NAME", "Name to add in Via headers; without a name none are added");

    private readonly Option<int?> _maxRequestLine = CliOption.Size(
        "--max-request-line", "Longest request line; a longer one gets 414 [default: 8KiB]");

    private readonly Option<int?> _maxHeaderBytes = CliOption.Size(
        "--max-header-bytes", "Largest request head; a larger one gets 431 [default: 32KiB]");

    private readonly Option<int?> _maxHeaderCount = CliOption.Number(
        "--max-header-count", "Most header lines of a request; more get 431 [default: 128]", 1, 10_000);

    private readonly Option<int?> _maxResponseHeader = CliOption.Size(
        "--max-response-header", "Largest response head; a larger one becomes a 502 [default: 64KiB]");

    private readonly Option<TimeSpan?> _headerTimeout = CliOption.Duration(
        "--header-timeout", "Longest time for a request head, then 408; 0: no limit [default: 15s]");

    private readonly Option<TimeSpan?> _bodyTimeout = CliOption.Duration(
        "--body-timeout", "Longest wait for the client within a body; 0: no limit [default: 30s]");

    private readonly Option<TimeSpan?> _idleTimeout = CliOption.Duration(
        "--idle-timeout", "How long a client connection may be idle; 0: no limit [default: 75s]");

    private readonly Option<TimeSpan?> _connectTimeout = CliOption.Duration(
        "--connect-timeout", "Longest time to connect to the upstream, then 504; 0: the system's limit [default: 2s]");

    private readonly Option<TimeSpan?> _responseTimeout = CliOption.Duration(
        "--response-timeout", "Longest wait for the response head, then 504; 0: no limit [default: 60s]");

    private readonly Option<int?> _maxConnections = CliOption.Number(
        "--max-connections", "Most client connections; more get 503 [default: what the descriptor limit allows]", 1);

    private readonly Option<TimeSpan?> _pauseTimeout = CliOption.Duration(
        "--pause-timeout", "How long a request waits while paused, then 503 [default: 30s]");

    private readonly Option<int?> _pauseQueue = CliOption.Number(
        "--pause-queue", "Most requests that may wait while paused [default: 10000]", 0);

    private readonly Option<string?> _errorPages = CliOption.Path(
        "--error-pages", "DIR", "Directory with 502.html, 502.json and so on [default: built in]");

    private readonly Option<bool> _compress = CliOption.Flag(
        "--compress", "Compress texts with Brotli or gzip for clients that take it, where the application did not");

    private readonly Option<ResponseCompression?> _compressLevel = CliOption.Choice<ResponseCompression>(
        "--compress-level",
        "How hard --compress tries [default: normal]",
        ("fast", ResponseCompression.Fast),
        ("normal", ResponseCompression.Normal),
        ("small", ResponseCompression.Small));

    private readonly Option<int?> _threads = CliOption.Number(
        "--threads", "Number of forwarding threads [default: one per core]", 1, 256);

    private readonly Option<TransportKind?> _transport = CliOption.Choice<TransportKind>(
        "--transport",
        "How sockets are driven [default: epoll on Linux]",
        ("epoll", TransportKind.Epoll),
        ("sockets", TransportKind.Sockets));

    private readonly Option<TimeSpan?> _drainTimeout = CliOption.Duration(
        "--drain-timeout", "Time that exchanges get to finish after a switch or at the end [default: 30s]");

    private readonly Option<TimeSpan?> _shutdownGrace = CliOption.Duration(
        "--shutdown-grace", "Time between SIGTERM and closing the listeners; 0 if nobody asks for /status [default: 10s]");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options =
        [
            Proxy, _trustedProxy, _proxyProtocol, _via, _maxRequestLine, _maxHeaderBytes, _maxHeaderCount, _maxResponseHeader,
            _headerTimeout, _bodyTimeout, _idleTimeout, _connectTimeout, _responseTimeout, _maxConnections,
            _pauseTimeout, _pauseQueue, _errorPages, _compress, _compressLevel, _threads, _transport, _drainTimeout, _shutdownGrace,
        ];
        Array.ForEach(options, command.Options.Add);
        _peers.AddTo(command);
        _tls.AddTo(command);
        _buffers.AddTo(command);
        _accessLog.AddTo(command);
    }

    /// <summary>Reads the certificates of the proxy's TLS listeners; null without TLS.</summary>
    /// <exception cref="UsageException">A file cannot be used, or the engine cannot.</exception>
    public TlsCertificates? MapTls(ParseResult parsed, bool ordersCertificates = false) =>
        _tls.MapProxy(parsed, TransportOf(parsed), ordersCertificates);

    /// <summary>Reads the certificate of the manager API and the status listener; null without one.</summary>
    /// <exception cref="UsageException">A file cannot be used, or the engine cannot.</exception>
    public TlsCertificates? MapApiTls(ParseResult parsed) => _tls.MapApi(parsed, TransportOf(parsed));

    /// <summary>Converts the given options; the others keep the defaults of <see cref="ForwarderOptions"/>.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="bufferDirectory">Directory of temporary files if none is given.</param>
    /// <exception cref="UsageException">
    /// A directory or the peer key is missing, a name cannot be resolved, or the file of the access log cannot be opened.
    /// </exception>
    public ForwarderOptions Map(ParseResult parsed, string bufferDirectory = "/var/tmp")
    {
        var defaults = new ForwarderOptions();
        var trusted = parsed.GetValue(_trustedProxy) ?? [];
        return _accessLog.Map(parsed, defaults with
        {
            Limits = MapLimits(parsed, defaults.Limits),
            TrustedProxies = trusted.Length == 0
                ? defaults.TrustedProxies
                : [.. trusted.SelectMany(networks => networks)],
            TrustNobody = trusted.Length > 0 && trusted.All(networks => networks.Count == 0),
            UntrustedProxies = ContainerGateway.Find() is { } gateway ? [gateway] : [],
            ProxyProtocolNetworks = parsed.GetValue(_proxyProtocol) ?? [],
            Fallback = _peers.Map(parsed),
            Buffers = _buffers.Map(parsed, bufferDirectory),
            Via = parsed.GetValue(_via),
            MaxConnections = parsed.GetValue(_maxConnections) ?? 0,
            Threads = parsed.GetValue(_threads) ?? defaults.Threads,
            Transport = parsed.GetValue(_transport) ?? defaults.Transport,
        });
    }

    /// <summary>Maps what concerns the application; the rest keeps the defaults of <see cref="ApplicationOptions"/>.</summary>
    /// <exception cref="UsageException">
    /// The directory of error pages cannot be read, or a level of compression is given without compression.
    /// </exception>
    public ApplicationOptions MapApplication(ParseResult parsed)
    {
        var defaults = new ApplicationOptions();
        return new ApplicationOptions
        {
            ResponseTimeout = parsed.GetValue(_responseTimeout) ?? defaults.ResponseTimeout,
            PauseTimeout = parsed.GetValue(_pauseTimeout) ?? defaults.PauseTimeout,
            PauseQueue = parsed.GetValue(_pauseQueue) ?? defaults.PauseQueue,
            Compression = MapCompression(parsed),
            Hsts = _tls.MapHsts(parsed),
            BuffersResponses = _buffers.BuffersResponses(parsed),
            BuffersRequests = _buffers.BuffersRequests(parsed),
            ErrorPages = Pages(parsed).Pages,
        };
    }

    /// <summary>Converts the addresses of the proxy, plain and with TLS, to listeners.</summary>
    /// <exception cref="UsageException">A host name cannot be resolved, or TLS has no certificate.</exception>
    public IReadOnlyList<ListenerOptions> MapListeners(ParseResult parsed, bool ordersCertificates = false)
    {
        var endPoints = parsed.GetValue(Proxy) is { Length: > 0 } given ? ListenAddress.ResolveAll(Proxy.Name, given)
            : _tls.IsRedirecting(parsed) ? []
            : [new IPEndPoint(IPAddress.Any, 80)];
        var tls = _tls.MapListeners(parsed, ordersCertificates);
        return [.. endPoints.Select(endPoint => new ListenerOptions(endPoint)), .. tls];
    }

    /// <summary>Converts the options about the end of the process.</summary>
    public ShutdownOptions MapShutdown(ParseResult parsed)
    {
        var defaults = new ShutdownOptions();
        return new ShutdownOptions
        {
            Grace = parsed.GetValue(_shutdownGrace) ?? defaults.Grace,
            DrainTimeout = parsed.GetValue(_drainTimeout) ?? defaults.DrainTimeout,
        };
    }

    private TransportKind TransportOf(ParseResult parsed) => parsed.GetValue(_transport) ?? new ForwarderOptions().Transport;

    private ForwarderLimits MapLimits(ParseResult parsed, ForwarderLimits defaults) => new()
    {
        MaxRequestLineBytes = parsed.GetValue(_maxRequestLine) ?? defaults.MaxRequestLineBytes,
        MaxRequestHeadBytes = parsed.GetValue(_maxHeaderBytes) ?? defaults.MaxRequestHeadBytes,
        MaxHeaderCount = parsed.GetValue(_maxHeaderCount) ?? defaults.MaxHeaderCount,
        MaxResponseHeadBytes = parsed.GetValue(_maxResponseHeader) ?? defaults.MaxResponseHeadBytes,
        HeaderTimeout = parsed.GetValue(_headerTimeout) ?? defaults.HeaderTimeout,
        BodyTimeout = parsed.GetValue(_bodyTimeout) ?? defaults.BodyTimeout,
        IdleTimeout = parsed.GetValue(_idleTimeout) ?? defaults.IdleTimeout,
        ConnectTimeout = parsed.GetValue(_connectTimeout) ?? defaults.ConnectTimeout,
    };

    private ResponseCompression MapCompression(ParseResult parsed)
    {
        var level = parsed.GetValue(_compressLevel);
        if (parsed.GetValue(_compress))
        {
            return level ?? ResponseCompression.Normal;
        }

        return level is null
            ? ResponseCompression.Off
            : throw new UsageException($"{_compressLevel.Name} needs {_compress.Name}, without which nothing is compressed");
    }

    private ErrorPageFolder Pages(ParseResult parsed)
    {
        if (parsed.GetValue(_errorPages) is not { } directory)
        {
            return ErrorPageFolder.None;
        }

        var folder = ErrorPageFolder.Read(directory);
        if (folder.Warning is { } warning)
        {
            parsed.InvocationConfiguration.Error.WriteLine("wunderproxy: " + warning);
        }

        return folder;
    }
}
