using System.Net;
using System.Net.Sockets;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>What is wrong with the command line ends at once: exit code 2 and one clear line on standard error.</summary>
[Parallelizable]
internal sealed class BadArgumentTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("wunderproxy-arguments-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task Unknown_option_is_named()
    {
        var result = await RunAsync("--frobnicate");

        AssertRefused(result, "--frobnicate");
    }

    [Test]
    public async Task Address_in_use_is_named()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();

        var result = await RunAsync("--proxy", socket.LocalEndPoint!.ToString()!);

        AssertRefused(result, socket.LocalEndPoint.ToString()!);
    }

    [TestCase("256.0.0.1:80")]
    [TestCase("127.0.0.1:65536")]
    [TestCase("unix:")]
    public async Task Bad_address_is_named(string address)
    {
        var result = await RunAsync("--proxy", address);

        AssertRefused(result, address);
    }

    [TestCase("A=1\n# comment\n\nnonsense\n", 4)]
    [TestCase("=1\n", 1)]
    public async Task Bad_line_of_the_environment_file_is_named(string content, int line)
    {
        var file = Path.Combine(_folder.FullName, "app.cfg");
        await File.WriteAllTextAsync(file, content);

        var result = await RunAsync("--cfg", file);

        AssertRefused(result, file);
        Assert.That(result.Errors, Does.Contain($"line {line}"));
    }

    [Test]
    public async Task Unreadable_environment_file_is_named()
    {
        var file = Path.Combine(_folder.FullName, "missing.cfg");

        var result = await RunAsync("--cfg", file);

        AssertRefused(result, file);
    }

    [Test]
    public async Task Store_folder_without_a_parent_is_named()
    {
        var bucket = $"file:{_folder.FullName}/missing/store";

        var result = await WunderProxyProcess.RunAsync(["run", bucket, "prefix", "app", .. Addresses()]);

        AssertRefused(result, $"{_folder.FullName}/missing");
    }

    [Test]
    public async Task Missing_positional_argument_is_a_syntax_error()
    {
        var result = await WunderProxyProcess.RunAsync(["run", "bucket", "prefix"]);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
    }

    [Test]
    public async Task Port_80_without_permission_is_explained()
    {
        string[] withoutRight = ["setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service"];

        var result = await WunderProxyProcess.RunAsync(
            ["forward", "--upstream", "127.0.0.1:9", "--proxy", "127.0.0.1:80"], wrapper: withoutRight);

        AssertRefused(result, "127.0.0.1:80");
    }

    private static IEnumerable<string> Addresses() =>
    [
        "--proxy", WunderProxyProcess.FreeEndPoint().ToString(), "--api", WunderProxyProcess.FreeEndPoint().ToString(),
        "--docker-host", TestEnvironment.DockerHost,
    ];

    private static void AssertRefused(ProgramResult result, string named)
    {
        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Errors, Does.Contain(named));
        // Lines of the log may come before; the error is one line, and the last.
        Assert.That(result.Errors.Split('\n').Count(line => line.StartsWith("wunderproxy: ", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(result.Errors.Trim().Split('\n')[^1], Does.StartWith("wunderproxy: "), result.ToString());
    }

    private Task<ProgramResult> RunAsync(params string[] more) => WunderProxyProcess.RunAsync(
        ["run", $"file:{_folder.FullName}", "prefix", "app", .. Addresses(), "--state-dir", $"{_folder.FullName}/state", .. more]);
}
