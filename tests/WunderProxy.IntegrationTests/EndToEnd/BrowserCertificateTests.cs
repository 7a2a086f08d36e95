using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>A machine without any certificate gets one, and a browser that trusts the authority takes it.</summary>
[Parallelizable(ParallelScope.Self)]
internal sealed class BrowserCertificateTests : OrderFixture
{
    private const string Page = "<html><body><p id='p'></p><script>document.getElementById('p').textContent = "
        + "`${location.protocol} ${isSecureContext}`</script></body></html>";

    private static readonly string[] BrowserOptions =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
        "--no-proxy-server", "--disable-background-networking", "--disable-component-update", "--virtual-time-budget=3000",
        $"--host-resolver-rules=MAP {Host} 127.0.0.1", "--dump-dom",
    ];

    [Test]
    public async Task Machine_with_nothing_serves_a_browser_without_a_warning()
    {
        await using var pebble = await PebbleServer.StartAsync(Port);
        await using var application = new TestHttpServer(
            context =>
            {
                context.Response.ContentType = "text/html";
                return Task.FromResult(Page);
            },
            host: "*");
        var tls = WunderProxyProcess.FreeEndPoint();
        var state = Path.Combine(Folder.FullName, "state");
        using var program = WunderProxyProcess.Start(
        [
            "forward", "--upstream", application.EndPoint.ToString(), "--tls", tls.ToString(), "--tls-redirect", $"127.0.0.1:{Port}",
            "--state-dir", state, .. AcmeOptions(pebble),
        ]);
        await CertificateAsync(program, state);

        // By the redirect, so that the browser comes as people do.
        var stranger = await BrowseAsync("stranger", rootPem: null);
        var page = await BrowseAsync("trusting", await pebble.GetRootAsync());

        Assert.That(page.Output, Does.Contain("<p id=\"p\">https: true</p>"), $"{page}\n{program.Errors}");
        Assert.That(stranger.Output, Does.Not.Contain("https: true"), "a browser that does not know the authority warns");
    }

    /// <summary>Opens the page in a browser of its own, which trusts an authority as a user has it do.</summary>
    private async Task<ProgramResult> BrowseAsync(string name, string? rootPem)
    {
        var home = Path.Combine(Folder.FullName, name);
        var database = Directory.CreateDirectory(Path.Combine(home, ".pki", "nssdb")).FullName;
        await HostProgram.SucceedAsync("certutil", ["-d", $"sql:{database}", "-N", "--empty-password"]);
        if (rootPem is not null)
        {
            var root = Path.Combine(home, "root.pem");
            await File.WriteAllTextAsync(root, rootPem);
            await HostProgram.SucceedAsync("certutil", ["-d", $"sql:{database}", "-A", "-t", "C,,", "-n", "authority", "-i", root]);
        }

        return await HostProgram.RunAsync(
            "chromium",
            [.. BrowserOptions, $"--user-data-dir={Path.Combine(home, "profile")}", $"http://{Host}:{Port}/"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = home });
    }
}
