using System.CommandLine;
using System.Net;
using WunderProxy.Cli;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Listeners;
using WunderProxy.Forwarding.Options;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Hosting;

namespace WunderProxy.Tests.Cli;

[Parallelizable]
internal sealed class ProxyCliOptionsTests
{
    [Test]
    public void No_option_leaves_the_defaults_of_the_forwarder()
    {
        var options = Map();

        Assert.That(options.Limits, Is.EqualTo(new ForwarderLimits()));
        Assert.That(options.TrustedProxies, Is.SameAs(ForwarderOptions.PrivateNetworks));
        Assert.That(options.TrustNobody, Is.False);
        Assert.That(options.AccessLog, Is.Not.Null);
        Assert.That(options.MaxConnections, Is.Zero, "as many as the descriptors allow");
    }

    [Test]
    public void Proxy_listens_where_it_is_told_to_or_on_port_80()
    {
        var given = MapListeners("--proxy", "127.0.0.1:81", "--proxy", "[::1]:82");

        Assert.That(given, Is.EqualTo(new[]
        {
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 81)),
            new ListenerOptions(new IPEndPoint(IPAddress.IPv6Loopback, 82)),
        }));
        Assert.That(MapListeners(), Is.EqualTo(new[] { new ListenerOptions(new IPEndPoint(IPAddress.Any, 80)) }));
    }

    [Test]
    public void Every_limit_reaches_its_place()
    {
        var limits = Map(
            "--max-request-line", "1KiB", "--max-header-bytes", "2KiB", "--max-header-count", "3",
            "--max-response-header", "4KiB", "--header-timeout", "5s", "--body-timeout", "6s", "--idle-timeout", "7s",
            "--connect-timeout", "8s").Limits;

        Assert.That(limits, Is.EqualTo(new ForwarderLimits
        {
            MaxRequestLineBytes = 1024,
            MaxRequestHeadBytes = 2048,
            MaxHeaderCount = 3,
            MaxResponseHeadBytes = 4096,
            HeaderTimeout = TimeSpan.FromSeconds(5),
            BodyTimeout = TimeSpan.FromSeconds(6),
            IdleTimeout = TimeSpan.FromSeconds(7),
            ConnectTimeout = TimeSpan.FromSeconds(8),
        }));
    }

    [Test]
    public void Every_other_option_reaches_its_place()
    {
        var options = Map(
            "--via", "edge", "--max-connections", "9", "--access-log", "json", "--threads", "3", "--transport", "sockets");

        Assert.That(options.Via, Is.EqualTo("edge"));
        Assert.That(options.MaxConnections, Is.EqualTo(9));
        Assert.That(options.AccessLogFormat, Is.EqualTo(AccessLogFormat.Json));
        Assert.That(options.Threads, Is.EqualTo(3));
        Assert.That(options.Transport, Is.EqualTo(TransportKind.Sockets));
    }

    [Test]
    public void Bounds_of_buffers_reach_their_place()
    {
        var buffers = Map("--buffer-memory", "8MiB", "--buffer-disk", "16GiB", "--buffer-directory", "/b").Buffers;

        Assert.That(buffers, Is.EqualTo(
            new BufferOptions { MemoryBytes = 8L << 20, DiskBytes = 16L << 30, Directory = "/b" }));
        Assert.That(Map().Buffers, Is.EqualTo(new BufferOptions { Directory = "/var/tmp" }));
    }

    [Test]
    public void Responses_are_buffered_unless_that_is_turned_off()
    {
        Assert.That(MapApplication().BuffersResponses, Is.True);
        Assert.That(Map("--no-buffer-responses").Buffers, Is.Null);
        Assert.That(MapApplication("--no-buffer-responses").BuffersResponses, Is.False);
    }

    [Test]
    public void Requests_are_buffered_only_if_that_is_turned_on()
    {
        Assert.That(MapApplication().BuffersRequests, Is.False);
        Assert.That(MapApplication("--buffer-requests").BuffersRequests, Is.True);
        Assert.That(Map("--buffer-requests", "--no-buffer-responses").Buffers, Is.Not.Null);
    }

    [TestCase(ResponseCompression.Off)]
    [TestCase(ResponseCompression.Normal, "--compress")]
    [TestCase(ResponseCompression.Fast, "--compress", "--compress-level", "fast")]
    [TestCase(ResponseCompression.Normal, "--compress-level", "normal", "--compress")]
    [TestCase(ResponseCompression.Small, "--compress", "--compress-level=small")]
    public void Compression_is_off_or_has_a_level(ResponseCompression compression, params string[] arguments) =>
        Assert.That(MapApplication(arguments).Compression, Is.EqualTo(compression));

    [Test]
    public void Level_of_compression_without_compression_is_an_error() => Assert.That(
        () => MapApplication("--compress-level", "small"),
        Throws.TypeOf<UsageException>().With.Message.Contains("--compress-level needs --compress"));

    [Test]
    public void Every_option_of_the_application_reaches_its_place()
    {
        var application = MapApplication(
            "--response-timeout", "0", "--pause-timeout", "1s", "--pause-queue", "0", "--error-pages", "/tmp");

        Assert.That(application, Is.EqualTo(new ApplicationOptions
        {
            ResponseTimeout = TimeSpan.Zero,
            PauseTimeout = TimeSpan.FromSeconds(1),
            PauseQueue = 0,
            ErrorPages = application.ErrorPages,
        }));
    }

    [Test]
    public void No_option_leaves_the_defaults_of_the_application()
    {
        var defaults = new ApplicationOptions();

        Assert.That(MapApplication() with { ErrorPages = defaults.ErrorPages }, Is.EqualTo(defaults));
    }

    [Test]
    public void Trust_nobody_is_the_word_none_alone()
    {
        Assert.That(Map("--trusted-proxy", "none").TrustNobody, Is.True);
        Assert.That(Map("--trusted-proxy", "none", "--trusted-proxy", "10.0.0.0/8").TrustNobody, Is.False);
        Assert.That(Map("--trusted-proxy", "10.0.0.0/8").TrustedProxies, Has.Count.EqualTo(1));
    }

    [Test]
    public void Balancers_that_send_a_proxy_header_are_named_by_their_networks()
    {
        Assert.That(Map().ProxyProtocolNetworks, Is.Empty);
        Assert.That(
            Map("--proxy-protocol", "10.0.0.0/8", "--proxy-protocol", "2001:db8::1").ProxyProtocolNetworks,
            Is.EqualTo(new[] { IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8::1/128") }));
    }

    [Test]
    public void Access_log_none_writes_none() => Assert.That(Map("--access-log", "none").AccessLog, Is.Null);

    [TestCase("0", 0)]
    [TestCase("0.25", 0.25)]
    [TestCase("10%", 0.1)]
    [TestCase("100%", 1)]
    public void Share_of_the_access_log_is_a_number_or_a_percentage(string text, double expected) =>
        Assert.That(Map("--access-log-sample", text).AccessLogSample, Is.EqualTo(expected).Within(1e-12));

    [TestCase("--access-log", "none", "--access-log-file", "/tmp/a.log", ExpectedResult = "--access-log-file needs --access-log text or json")]
    [TestCase("--access-log-file-size", "1MiB", ExpectedResult = "--access-log-file-size needs --access-log-file")]
    [TestCase("--access-log-file-count", "1", ExpectedResult = "--access-log-file-count needs --access-log-file")]
    [TestCase("--access-log-file", "/nowhere/at/all/a.log", ExpectedResult = "--access-log-file: /nowhere/at/all/a.log: No such file or directory")]
    public string Access_log_that_cannot_be_is_refused(params string[] line)
    {
        try
        {
            Map(line);
            return "nothing was refused";
        }
        catch (UsageException exception)
        {
            return exception.Message;
        }
    }

    [Test]
    public void Access_log_goes_to_its_file()
    {
        var folder = Directory.CreateTempSubdirectory("wp-access-log-").FullName;
        try
        {
            using var file = Map("--access-log-file", Path.Combine(folder, "a.log")).AccessLog as AccessLogFile;

            Assert.That(file?.Path, Is.EqualTo(Path.Combine(folder, "a.log")));
            Assert.That(File.Exists(file!.Path), Is.True);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Error_pages_must_be_a_directory() =>
        Assert.That(() => MapApplication("--error-pages", "/nowhere/at/all"), Throws.TypeOf<UsageException>());

    [Test]
    public void Shutdown_times_reach_their_place()
    {
        var options = new ProxyCliOptions();

        var shutdown = options.MapShutdown(Parse(options, "--shutdown-grace", "0", "--drain-timeout", "3s"));

        Assert.That(shutdown.Grace, Is.EqualTo(TimeSpan.Zero));
        Assert.That(shutdown.DrainTimeout, Is.EqualTo(TimeSpan.FromSeconds(3)));
        Assert.That(options.MapShutdown(Parse(options)), Is.EqualTo(new ShutdownOptions()));
    }

    [Test]
    public void Peers_and_their_key_reach_their_place()
    {
        var file = KeyFile("secret\n");

        var fallback = Map("--peer", "10.0.0.2:80", "--peer", "[::1]:81", "--peer-key-file", file).Fallback;

        Assert.That(fallback!.Peers, Is.EqualTo(new[] { IPEndPoint.Parse("10.0.0.2:80"), IPEndPoint.Parse("[::1]:81") }));
        Assert.That(Map().Fallback, Is.Null);
        File.Delete(file);
    }

    [Test]
    public void Key_alone_makes_others_believed()
    {
        var file = KeyFile("secret");

        Assert.That(Map("--peer-key-file", file).Fallback!.Peers, Is.Empty);
        File.Delete(file);
    }

    [Test]
    public void Peers_without_a_key_are_a_mistake() =>
        Assert.That(() => Map("--peer", "10.0.0.2:80"), Throws.TypeOf<UsageException>().With.Message.Contain("--peer-key-file"));

    [TestCase("")]
    [TestCase("\n")]
    public void Empty_key_is_a_mistake(string content)
    {
        var file = KeyFile(content);

        Assert.That(
            () => Map("--peer", "10.0.0.2:80", "--peer-key-file", file), Throws.TypeOf<UsageException>().With.Message.Contain(file));
        File.Delete(file);
    }

    [Test]
    public void Key_that_cannot_be_read_is_a_mistake() =>
        Assert.That(() => Map("--peer-key-file", "/nowhere/at/all"), Throws.TypeOf<UsageException>());

    [TestCase("secret", "secret")]
    [TestCase("secret\n", "secret")]
    [TestCase("secret\n\n", "secret\n")]
    [TestCase("\nsecret \r\n", "\nsecret \r")]
    public void Key_is_the_bytes_of_the_file_without_a_last_newline(string content, string key)
    {
        var file = KeyFile(content);

        Assert.That(PeerKeyFile.Read(file), Is.EqualTo(System.Text.Encoding.UTF8.GetBytes(key)));
        File.Delete(file);
    }

    [TestCase("10.0.0.2")]
    [TestCase("10.0.0.2:0")]
    [TestCase("0.0.0.0:80")]
    [TestCase(":80")]
    [TestCase("unix:/run/other.sock")]
    [TestCase("http://10.0.0.2:80")]
    public void Peer_is_a_host_and_a_port(string peer)
    {
        var options = new ProxyCliOptions();
        var command = new Command("forward");
        options.AddTo(command);

        Assert.That(command.Parse(["--peer", peer]).Errors, Is.Not.Empty);
    }

    private static string KeyFile(string content)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, content);
        return file;
    }

    private static ForwarderOptions Map(params string[] arguments)
    {
        var options = new ProxyCliOptions();
        return options.Map(Parse(options, arguments));
    }

    private static ApplicationOptions MapApplication(params string[] arguments)
    {
        var options = new ProxyCliOptions();
        return options.MapApplication(Parse(options, arguments));
    }

    private static IReadOnlyList<ListenerOptions> MapListeners(params string[] arguments)
    {
        var options = new ProxyCliOptions();
        return options.MapListeners(Parse(options, arguments));
    }

    private static ParseResult Parse(ProxyCliOptions options, params string[] arguments)
    {
        var command = new Command("forward");
        // A fresh command for each parse: an option may belong to several.
        options.AddTo(command);
        var parsed = command.Parse(arguments);
        Assert.That(parsed.Errors, Is.Empty);
        return parsed;
    }
}
