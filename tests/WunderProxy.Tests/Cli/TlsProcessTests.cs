using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using WunderProxy.Tests.Certificates;

namespace WunderProxy.Tests.Cli;

/// <summary>The real executable with TLS: names, reload under load, the manager API, errors at the start.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed partial class TlsProcessTests
{
    private const string ApiHost = "localhost";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly string[] Engines = ["openssl", "runtime"];

    [TestCaseSource(nameof(Engines))]
    public async Task Certificate_is_chosen_by_name_and_exchanged_under_load_without_a_failed_request(string engine)
    {
        using var folder = new CertificateFolder();
        folder.Write("a", ["a.test", ApiHost]);
        folder.Write("b", ["*.b.test"]);
        await using var upstream = new HttpUpstream();
        using var program = Start(
            "forward", "--upstream", upstream.Address, "--tls", "127.0.0.1:0", "--tls-directory", folder.Path,
            "--tls-engine", engine, "--tls-redirect", "127.0.0.1:0", "--shutdown-grace", "0", "--access-log", "none");
        var line = await LineAsync(program, "proxy on");
        var tls = IPEndPoint.Parse(Addresses().Match(line).Groups["tls"].Value);
        var names = new[] { "a.test", "www.b.test", "other.test" };

        var before = new List<string>();
        foreach (var name in names)
        {
            before.Add(await SubjectOfAsync(tls, name));
        }

        using var ended = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RequestUntilAsync(tls, ended.Token)));
        for (var i = 0; i < 10; i++)
        {
            folder.Write("a", [$"a{i}.test", "a.test"]);
            Signal(program, "HUP");
            await LineAsync(program, "certificates read again");
        }

        var after = await SubjectOfAsync(tls, "a.test");
        await ended.CancelAsync();
        var requests = await load;
        Signal(program, "TERM");

        Assert.That(before, Is.EqualTo(new[] { "CN=a.test", "CN=*.b.test", "CN=a.test" }));
        Assert.That(after, Is.EqualTo("CN=a9.test"));
        Assert.That(requests, Has.All.GreaterThan(0));
        Assert.That(await EndAsync(program), Is.Zero);
    }

    [Test]
    public async Task Manager_api_speaks_tls_and_the_command_believes_the_authority_that_it_is_given()
    {
        using var folder = new CertificateFolder();
        folder.Write("api", [ApiHost]);
        await using var upstream = new HttpUpstream();
        using var program = Start(
            "forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0", "--api", "127.0.0.1:0",
            "--api-tls-certificate", folder.At("api.crt"), "--api-tls-key", folder.At("api.key"), "--shutdown-grace", "0");
        var line = await LineAsync(program, "manager API on");
        var manager = $"https://{ApiHost}:{IPEndPoint.Parse(line[(line.LastIndexOf(' ') + 1)..]).Port}";
        await LineAsync(program, "proxy on");

        using var believed = Start("status", "--manager", manager, "--manager-ca", folder.At("api.crt"), "--json");
        var status = await believed.StandardOutput.ReadToEndAsync();
        using var refused = Start("status", "--manager", manager);
        var error = await refused.StandardError.ReadToEndAsync();
        var codes = (await EndAsync(believed), await EndAsync(refused));
        Signal(program, "TERM");

        Assert.That(codes, Is.EqualTo((0, 1)), error);
        Assert.That(status, Does.Contain("\"Tls\"").And.Contain(ApiHost));
        Assert.That(error, Does.Contain("--manager-ca"));
        Assert.That(await EndAsync(program), Is.Zero);
    }

    [Test]
    public async Task Status_listener_speaks_tls_and_the_status_names_all_listeners_and_certificates()
    {
        using var folder = new CertificateFolder();
        folder.Write("api", [ApiHost]);
        folder.Write("shop", ["shop.test"]);
        await using var upstream = new HttpUpstream();
        using var program = Start(
            "forward", "--upstream", upstream.Address, "--tls", "127.0.0.1:0", "--tls-redirect", "127.0.0.1:0",
            "--tls-directory", folder.Path, "--status", "127.0.0.1:0", "--api", "127.0.0.1:0",
            "--api-tls-certificate", folder.At("api.crt"), "--api-tls-key", folder.At("api.key"), "--shutdown-grace", "0");
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "status listener", "manager API" })
        {
            var said = await LineAsync(program, $"{name} on");
            addresses[name] = said[(said.LastIndexOf(' ') + 1)..];
        }

        var proxy = Addresses().Match(await LineAsync(program, "proxy on"));
        var status = IPEndPoint.Parse(addresses["status listener"]);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate!.Subject == $"CN={ApiHost}",
            },
        });

        var live = await client.GetStringAsync(new Uri($"https://{status}/livez"));
        var metrics = await client.GetStringAsync(new Uri($"https://{status}/metrics"));
        using var page = await client.GetAsync(new Uri($"https://{status}/"));
        using var command = Start(
            "status", "--manager", $"https://{ApiHost}:{IPEndPoint.Parse(addresses["manager API"]).Port}", "--manager-ca", folder.At("api.crt"));
        var text = await command.StandardOutput.ReadToEndAsync();
        Signal(program, "TERM");

        Assert.That(live, Is.EqualTo("ok\n"));
        Assert.That(metrics, Does.Contain("wunderproxy_tls_certificates 3"));
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(text, Does.Contain($"  listener     {proxy.Groups["tls"]} (proxy)\n")
            .And.Contain($"  listener     {proxy.Groups["redirect"]} (redirect)\n")
            .And.Contain($"  listener     {addresses["manager API"]} (api)\n")
            .And.Contain($"  listener     {status} (status)\n")
            .And.Match($"  certificate  shop.test \\(proxy\\): valid, until .*, {folder.At("shop.crt")}\n")
            .And.Match($"  certificate  {ApiHost} \\(api\\): valid, until "));
        Assert.That(await EndAsync(program), Is.Zero);
    }

    [Test]
    public async Task Certificate_that_cannot_be_used_ends_with_code_2_and_one_line()
    {
        using var folder = new CertificateFolder();
        folder.Write("a", ["a.test"]);
        folder.Write("b", ["b.test"]);
        using var program = Start(
            "forward", "--upstream", "127.0.0.1:1", "--tls", "127.0.0.1:0", "--tls-redirect", "127.0.0.1:0",
            "--tls-certificate", folder.At("a.crt"), "--tls-key", folder.At("b.key"));

        Assert.That(await EndAsync(program), Is.EqualTo(2));
        Assert.That(
            await program.StandardError.ReadToEndAsync(),
            Does.Match("^wunderproxy: --tls-key: \\S+/b.key does not fit \\S+/a.crt: the key belongs to another certificate\n$"));
    }

    private static async Task<int> RequestUntilAsync(IPEndPoint tls, CancellationToken ended)
    {
        var count = 0;
        while (!ended.IsCancellationRequested)
        {
            // A new connection each time, so that handshakes run through every exchange of certificates.
            using var client = new HttpClient(new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    TargetHost = "a.test",
                    RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
                },
            });
            using var answer = await client.GetAsync(new Uri($"https://{tls}/"), CancellationToken.None);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            count++;
        }

        return count;
    }

    private static async Task<string> SubjectOfAsync(IPEndPoint tls, string name)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(tls);
        await using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        });
        return stream.RemoteCertificate!.Subject;
    }

    private static Process Start(params string[] arguments)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "wunderproxy");
        return Process.Start(new ProcessStartInfo(path, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
    }

    private static void Signal(Process program, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{program.Id}"]);
        kill.WaitForExit();
    }

    private static async Task<int> EndAsync(Process program)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            await program.WaitForExitAsync(deadline.Token);
            return program.ExitCode;
        }
        finally
        {
            program.Kill();
        }
    }

    private static async Task<string> LineAsync(Process program, string part)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (await program.StandardError.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Contains(part, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new AssertionException($"the program ended before it said '{part}'");
    }

    [GeneratedRegex(@"proxy on TLS (?<tls>[^,\s]+), redirect to https (?<redirect>\S+)", RegexOptions.None, 1000)]
    private static partial Regex Addresses();
}
