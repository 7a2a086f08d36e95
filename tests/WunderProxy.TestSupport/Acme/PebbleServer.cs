using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace WunderProxy.TestSupport.Acme;

/// <summary>
/// The ACME server pebble with its DNS server, on free ports of 127.0.0.1, in processes that end with this object. Debian's
/// package; <c>eng/setup.sh --with acme</c> installs it.
/// </summary>
public sealed class PebbleServer : IAsyncDisposable
{
    /// <summary>Key identifier of the one account that external binding accepts.</summary>
    public const string BindingKeyId = "kid-1";

    /// <summary>The key of that account, in base64url.</summary>
    public const string BindingKey = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wunderproxy-pebble-");
    private readonly List<Process> _processes = [];
    private readonly HttpClient _client;
    private readonly int _port = FreePort.Next();
    private readonly int _managementPort = FreePort.Next();
    private readonly int _dnsPort = FreePort.Next();
    private readonly int _dnsManagementPort = FreePort.Next();

    private PebbleServer(string rootPem, int challengePort)
    {
        ChallengePort = challengePort;
        RootFile = Path.Combine(_directory.FullName, "api-root.pem");
        File.WriteAllText(RootFile, rootPem);

        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(rootPem) },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        _client = new HttpClient(handler);
    }

    /// <summary>URL of the directory.</summary>
    public Uri DirectoryUrl => new($"https://localhost:{_port}/dir");

    /// <summary>File with the root certificate of the server's own API, in PEM.</summary>
    public string RootFile { get; }

    /// <summary>The port to which challenges are sent, in place of 80.</summary>
    public int ChallengePort { get; }

    /// <summary>What the server logged.</summary>
    public string Log { get; private set; } = "";

    /// <summary>Starts the servers.</summary>
    /// <param name="challengePort">Where the program under test answers.</param>
    /// <param name="needsBinding">Whether accounts must be bound to <see cref="BindingKeyId"/>.</param>
    /// <param name="refusedNonces">Per cent of the nonces that are refused.</param>
    /// <param name="reusedAuthorizations">Per cent of the proofs that are used again.</param>
    /// <param name="life">Validity of the certificates, 90 days if not given.</param>
    public static async Task<PebbleServer> StartAsync(
        int challengePort,
        bool needsBinding = false,
        int refusedNonces = 5,
        int reusedAuthorizations = 50,
        TimeSpan? life = null)
    {
        using var authority = new TestAuthority();
        var server = new PebbleServer(authority.RootPem, challengePort);
        try
        {
            var (chain, key) = authority.Make(TimeProvider.System.GetUtcNow().AddDays(-1), TimeSpan.FromDays(30), "localhost", "127.0.0.1");
            server.Start(chain, key, needsBinding, refusedNonces, reusedAuthorizations, life ?? TimeSpan.FromDays(90));
            await server.AwaitAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a name resolve to an address.</summary>
    public Task ResolveAsync(string name, string address) => TellDnsAsync(
        "add-a", new JsonObject { ["host"] = name + ".", ["addresses"] = new JsonArray(address) });

    /// <summary>Returns the certificate that signs, in PEM.</summary>
    public Task<string> GetRootAsync() => _client.GetStringAsync(new Uri($"https://localhost:{_managementPort}/roots/0"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        _client.Dispose();
        _directory.Delete(recursive: true);
    }

    private void Start(
        string chain, string key, bool needsBinding, int refusedNonces, int reusedAuthorizations, TimeSpan life)
    {
        File.WriteAllText(PathOf("api.pem"), chain);
        File.WriteAllText(PathOf("api.key"), key);
        var settings = new JsonObject
        {
            ["listenAddress"] = $"127.0.0.1:{_port}",
            ["managementListenAddress"] = $"127.0.0.1:{_managementPort}",
            ["certificate"] = PathOf("api.pem"),
            ["privateKey"] = PathOf("api.key"),
            ["httpPort"] = ChallengePort,
            ["tlsPort"] = FreePort.Next(),
            ["ocspResponderURL"] = "",
            ["externalAccountBindingRequired"] = needsBinding,
            ["certificateValidityPeriod"] = (long)life.TotalSeconds,
            ["externalAccountMACKeys"] = new JsonObject { [BindingKeyId] = BindingKey },
        };
        File.WriteAllText(PathOf("pebble.json"), new JsonObject { ["pebble"] = settings }.ToJsonString());
        Run(
            "pebble-challtestsrv",
            [
                "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", $"127.0.0.1:{_dnsPort}", "-http01", "", "-https01", "",
                "-tlsalpn01", "", "-management", $"127.0.0.1:{_dnsManagementPort}",
            ],
            []);
        Run(
            "pebble",
            ["-config", PathOf("pebble.json"), "-dnsserver", $"127.0.0.1:{_dnsPort}"],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PEBBLE_VA_NOSLEEP"] = "1",
                ["PEBBLE_WFE_NONCEREJECT"] = refusedNonces.ToString(CultureInfo.InvariantCulture),
                ["PEBBLE_AUTHZREUSE"] = reusedAuthorizations.ToString(CultureInfo.InvariantCulture),
            });
    }

    private void Run(string program, string[] arguments, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Log += line.Data + "\n";
        process.ErrorDataReceived += (_, line) => Log += line.Data + "\n";
        process.Start();
        _processes.Add(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private async Task AwaitAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            try
            {
                using var answer = await _client.GetAsync(DirectoryUrl);
                await TellDnsAsync("clear-a", new JsonObject { ["host"] = "ready.test." });
                return;
            }
            catch (HttpRequestException) when (!_processes.Exists(process => process.HasExited))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
            }
        }

        throw new TimeoutException($"pebble did not start within {Patience.TotalSeconds} s: {Log}");
    }

    private async Task TellDnsAsync(string call, JsonObject content)
    {
        using var answer = await _client.PostAsJsonAsync(new Uri($"http://127.0.0.1:{_dnsManagementPort}/{call}"), content);
        answer.EnsureSuccessStatusCode();
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);
}
