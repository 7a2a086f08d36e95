using System.Net;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>
/// The program on a machine where the OpenSSL library cannot be loaded. The runtime ends a process that computes a digest
/// there, so what needs one says so first.
/// </summary>
[Parallelizable]
internal sealed class WithoutOpenSslTests
{
    // Other mounts are seen by what runs in this namespace only.
    private static readonly string[] WithoutLibrary =
    [
        "unshare", "--mount", "sh", "-c",
        "for file in $(PATH=$PATH:/sbin ldconfig -p | sed -n 's/.* => \\(.*libssl\\.so.*\\)/\\1/p'); do mount --bind /dev/null $file; done; exec \"$@\"",
        "sh",
    ];

    private static readonly string[] S3 = ["run", "bucket", "prefix", "app", "--proxy", "127.0.0.1:0", "--api", "127.0.0.1:0"];

    [Test]
    public async Task Forward_serves_and_tells_its_status()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var (proxy, api) = (WunderProxyProcess.FreeEndPoint(), WunderProxyProcess.FreeEndPoint());
        using var process = WunderProxyProcess.Start(
            ["forward", "--upstream", "127.0.0.1:9", "--proxy", $"{proxy}", "--api", $"{api}", "--shutdown-grace", "0s"],
            wrapper: WithoutLibrary);

        await Eventually.TrueAsync("the API", async () => await StatusAsync(http, new Uri($"http://{api}/livez")) == HttpStatusCode.OK);

        Assert.That(await StatusAsync(http, new Uri($"http://{proxy}/")), Is.EqualTo(HttpStatusCode.BadGateway));
        var status = await WunderProxyProcess.RunAsync(["status", "--manager", $"{api}"], wrapper: WithoutLibrary);
        Assert.That((status.ExitCode, status.Errors), Is.EqualTo((0, "")));
        process.Signal(WunderProxyProcess.SigTerm);
        Assert.That(await process.WaitForExitAsync(), Is.Zero, process.Errors);
    }

    [Test]
    public async Task Service_on_S3_names_what_is_missing()
    {
        var result = await WunderProxyProcess.RunAsync(
            [.. S3, "--state-dir", "/nowhere"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["AWS_ENDPOINT_URL_S3"] = "https://127.0.0.1:9" },
            WithoutLibrary);

        AssertNamesLibrary(result, "'wunderproxy run'");
    }

    [Test]
    public async Task Forward_with_a_token_names_what_is_missing()
    {
        var result = await WunderProxyProcess.RunAsync(
            ["forward", "--upstream", "127.0.0.1:9", "--proxy", "127.0.0.1:0", "--api", "127.0.0.1:0"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["WUNDERPROXY_API_TOKEN"] = "secret" },
            WithoutLibrary);

        AssertNamesLibrary(result, "an API token");
    }

    [TestCase("--manager https://127.0.0.1:9", "--manager https://127.0.0.1:9")]
    [TestCase("--manager 127.0.0.1:9 --manager-ca /nowhere", "--manager-ca")]
    public async Task Status_over_tls_names_what_is_missing(string options, string user)
    {
        var result = await WunderProxyProcess.RunAsync(["status", .. options.Split(' ')], wrapper: WithoutLibrary);

        AssertNamesLibrary(result, user);
    }

    [TestCase("auto", "TLS needs libssl (OpenSSL 3), which this machine does not have")]
    [TestCase("runtime", "TLS needs libssl (OpenSSL 3), which this machine does not have")]
    [TestCase("openssl", "the TLS engine \"openssl\" cannot be used: neither libssl.so.3 nor libssl.so.4 can be loaded")]
    public async Task Tls_names_what_is_missing(string engine, string expected)
    {
        var result = await WunderProxyProcess.RunAsync(
            ["forward", "--upstream", "127.0.0.1:9", "--tls", "127.0.0.1:0", "--tls-certificate", "/nowhere", "--tls-engine", engine],
            wrapper: WithoutLibrary);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Errors, Does.Contain(expected).And.Not.Contain("\n"));
    }

    [TestCase("run")]
    [TestCase("deploy")]
    public async Task Help_is_given(string command)
    {
        var result = await WunderProxyProcess.RunAsync([command, "--help"], wrapper: WithoutLibrary);

        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((0, "")));
    }

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient http, Uri address)
    {
        try
        {
            using var response = await http.GetAsync(address);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static void AssertNamesLibrary(ProgramResult result, string user)
    {
        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Errors, Does.Contain($"{user} needs OpenSSL 3, and libssl.so.3 cannot be loaded").And.Not.Contain("\n"));
    }
}
