using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>The access log in a file of a disk that gets full, and of one that another program moves.</summary>
[Category("Faults")]
[Parallelizable(ParallelScope.Self)]
internal sealed partial class AccessLogFileTests
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false });

    private readonly string _folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "access-log-file");

    private string LogPath => Path.Combine(_folder, "access.log");

    [SetUp]
    public void MakeFolder() => Directory.CreateDirectory(_folder);

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Full_disk_loses_lines_but_no_request_and_no_half_of_a_line()
    {
        await HostCommand.RunAsync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", _folder]);
        try
        {
            var api = WunderProxyProcess.FreeEndPoint();
            await using var application = new TestHttpServer(_ => Task.FromResult("hello"));
            using var proxy = await ForwardProcess.StartAsync(
                application.EndPoint, "--api", $"{api}", "--access-log", "json", "--access-log-file", LogPath, "--shutdown-grace", "0");
            await AskAsync(proxy, "/before");
            await LineOfAsync("/before");

            var filler = DiskFiller.Fill(_folder);
            await Eventually.TrueAsync("lines to be lost", async () =>
            {
                await AskAsync(proxy, "/" + new string('x', 1_000));
                return await DroppedAsync(api) > 0;
            });
            File.Delete(filler);
            await Eventually.TrueAsync("lines to be written again", async () =>
            {
                await AskAsync(proxy, "/after");
                return Lines().Any(line => line.Contains("/after", StringComparison.Ordinal));
            });

            var warnings = Lost().Count(proxy.Log);
            Assert.That(warnings, Is.Positive.And.LessThan(10), proxy.Log);
            Assert.That(Lines().Select(Parse), Is.All.EqualTo(200));
        }
        finally
        {
            await HostCommand.RunAsync("umount", ["-l", _folder]);
        }
    }

    [Test]
    public async Task Signal_opens_the_file_that_was_moved_anew()
    {
        await using var application = new TestHttpServer(_ => Task.FromResult("hello"));
        using var proxy = await ForwardProcess.StartAsync(
            application.EndPoint, "--access-log", "json", "--access-log-file", LogPath, "--shutdown-grace", "0");
        await AskAsync(proxy, "/before");
        await LineOfAsync("/before");

        File.Move(LogPath, LogPath + ".moved");
        proxy.Signal(WunderProxyProcess.SigHup);
        await Eventually.TrueAsync("the file to be there", () => File.Exists(LogPath));
        await AskAsync(proxy, "/after");
        await LineOfAsync("/after");

        Assert.That(await File.ReadAllTextAsync(LogPath + ".moved"), Does.Contain("/before").And.Not.Contain("/after"));
        Assert.That(File.GetUnixFileMode(LogPath) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite), Is.EqualTo(UnixFileMode.None));
    }

    private Task LineOfAsync(string path) => Eventually.TrueAsync(
        $"the line of {path}", () => File.Exists(LogPath) && Lines().Any(line => line.Contains(path, StringComparison.Ordinal)));

    private string[] Lines() => File.ReadAllText(LogPath).Split('\n')[..^1];

    private static int Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("http.response.status_code").GetInt32();
    }

    private static async Task AskAsync(ForwardProcess proxy, string path)
    {
        using var response = await Client.GetAsync(new Uri(proxy.Address, path));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task<long> DroppedAsync(IPEndPoint api)
    {
        var metrics = await Client.GetStringAsync(new Uri($"http://{api}/metrics"));
        return long.Parse(Dropped().Match(metrics).Groups["count"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^wunderproxy_access_log_dropped_total (?<count>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dropped();

    [GeneratedRegex("Access-log lines (are|were) lost", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Lost();
}
