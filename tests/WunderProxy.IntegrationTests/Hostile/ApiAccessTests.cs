using System.Net;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>Another user of the machine at the manager API of a program that has no token.</summary>
internal sealed class ApiAccessTests
{
    private const string Nobody = "65534";

    private readonly string _directory = Directory.CreateTempSubdirectory("wunderproxy-access-").FullName;
    private readonly IPEndPoint _api = WunderProxyProcess.FreeEndPoint();
    private readonly IPEndPoint _api6 = new(IPAddress.IPv6Loopback, TestSupport.FreePort.Next());
    private ForwardProcess _proxy = null!;

    private string SocketPath => Path.Combine(_directory, "api.sock");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _proxy = await ForwardProcess.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 9), "--api", $"{_api}", "--api", $"{_api6}", "--api", $"unix:{SocketPath}");
        File.SetUnixFileMode(_directory, (UnixFileMode)Convert.ToInt32("777", 8));
        File.SetUnixFileMode(SocketPath, (UnixFileMode)Convert.ToInt32("777", 8));
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _proxy.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [TestCase(null, "200")]
    [TestCase(Nobody, "403")]
    public async Task Local_caller_without_a_token_must_be_root_or_our_own_user(string? user, string status)
    {
        string[][] ways =
        [
            [$"http://{_api}/resume"], [$"http://localhost:{_api.Port}/resume"], [$"http://{_api6}/resume"],
            ["--unix-socket", SocketPath, "http://any/resume"],
        ];
        foreach (var way in ways)
        {
            Assert.That(await CurlAsync(user, ["-X", "POST", .. way]), Is.EqualTo(status), string.Join(' ', way));
        }
    }

    [Test]
    public async Task Anybody_may_read()
    {
        Assert.That(await CurlAsync(Nobody, [$"http://{_api}/livez"]), Is.EqualTo("200"));
    }

    [TestCase("X-Real-IP: 192.0.2.1")]
    [TestCase("X_Forwarded_For: 192.0.2.1")]
    [TestCase("CF-Connecting-IP: 192.0.2.1")]
    [TestCase("Sec-Fetch-Site: same-origin")]
    public async Task Root_that_speaks_for_somebody_else_is_refused_on_the_unix_socket_too(string header)
    {
        var socket = await CurlAsync(null, ["-X", "POST", "-H", header, "--unix-socket", SocketPath, "http://any/resume"]);
        var loopback = await CurlAsync(null, ["-X", "POST", "-H", header, $"http://{_api}/resume"]);

        Assert.That((socket, loopback), Is.EqualTo(("403", "403")));
    }

    private static async Task<string> CurlAsync(string? user, string[] arguments)
    {
        string[] line = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--noproxy", "*", .. arguments];
        var wrapped = user is null ? line : ["setpriv", "--reuid", user, "--clear-groups", .. line];
        var result = await HostProgram.RunAsync(wrapped[0], wrapped[1..]);
        return result.Output.Trim();
    }
}
