using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace WunderProxy.Tests.Cli;

/// <summary>The real executable: exit codes and signals.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed partial class ProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Bad_option_ends_with_code_2_and_one_line()
    {
        using var program = Start("forward", "--upstream", "127.0.0.1:1", "--bogus");

        Assert.That(await EndAsync(program), Is.EqualTo(2));
        Assert.That(await program.StandardError.ReadToEndAsync(), Does.Match("^wunderproxy: unknown option '--bogus'.*\n$"));
    }

    [Test]
    public async Task Bad_line_of_the_cfg_file_is_named()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "# fine\nA=1\nnonsense\n");

        using var program = Start(
            "file:" + Path.GetTempPath(), "prefix", "app", "--cfg", file, "--proxy", "127.0.0.1:0", "--api", "127.0.0.1:0");

        Assert.That(await EndAsync(program), Is.EqualTo(2));
        Assert.That(await program.StandardError.ReadToEndAsync(), Does.Contain(file).And.Contain("3"));
        File.Delete(file);
    }

    [Test]
    public async Task Second_service_on_the_same_state_ends_with_code_2()
    {
        var directory = Directory.CreateTempSubdirectory("wunderproxy-run").FullName;
        string[] arguments =
        [
            $"file:{directory}/store", "prefix", "app", "--proxy", "127.0.0.1:0", "--api", "127.0.0.1:0",
            "--state-dir", $"{directory}/state", "--docker-host", $"unix://{directory}/no-engine.sock",
        ];
        using var first = Start(arguments);
        await AddressAsync(first, ProxyAddress());

        using var second = Start(arguments);
        var code = await EndAsync(second);
        var message = await second.StandardError.ReadToEndAsync();
        Signal(first, "TERM");

        Assert.That(code, Is.EqualTo(2));
        Assert.That(message, Does.Contain("is locked"));
        Assert.That(await EndAsync(first), Is.Zero);
        Directory.Delete(directory, recursive: true);
    }

    [Test]
    public async Task Sigterm_ends_in_order_with_code_0()
    {
        await using var upstream = new SilentUpstream();
        using var program = Start("forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0");
        var watch = Stopwatch.StartNew();
        await AddressAsync(program, ProxyAddress());

        Signal(program, "TERM");

        Assert.That(await EndAsync(program), Is.Zero);
        Assert.That(watch.Elapsed, Is.LessThan(Deadline));
    }

    [Test]
    public async Task Second_signal_ends_at_once_while_an_exchange_holds_the_first()
    {
        await using var upstream = new SilentUpstream();
        using var program = Start("forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0", "--drain-timeout", "10m");
        var proxy = await AddressAsync(program, ProxyAddress());
        using var client = await SendAsync(proxy, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await upstream.Received.WaitAsync(Deadline);

        Signal(program, "TERM");
        await LineAsync(program, "exchanges have");
        await SignalUntilEndedAsync(program);

        Assert.That(await EndAsync(program), Is.EqualTo(143));
    }

    [Test]
    public async Task Status_turns_503_during_the_grace_and_sighup_reads_the_token_again()
    {
        var token = Path.GetTempFileName();
        await File.WriteAllTextAsync(token, "first\n");
        await using var upstream = new SilentUpstream();
        using var program = Start(
            "forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0", "--api", "127.0.0.1:0",
            "--api-token-file", token, "--shutdown-grace", "2s");
        using var client = new HttpClient { BaseAddress = new Uri("http://" + await AddressAsync(program, ApiAddress())) };
        await LineAsync(program, "proxy on");

        var before = await PauseAsync(client, "second");
        await File.WriteAllTextAsync(token, "second\n");
        File.SetUnixFileMode(token, File.GetUnixFileMode(token) | UnixFileMode.OtherRead);
        Signal(program, "HUP");
        await LineAsync(program, "tokens read again");
        await LineAsync(program, $"{token} is open to other users");
        var after = await PauseAsync(client, "second");
        using var serving = await client.GetAsync("/status");
        Signal(program, "TERM");
        await LineAsync(program, "to leave");
        using var leaving = await client.GetAsync("/status");

        Assert.That((before, after), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.OK)));
        Assert.That(serving.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(leaving.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await EndAsync(program), Is.Zero);
        File.Delete(token);
    }

    [Test]
    public async Task Sighup_reads_the_peer_key_again_and_keeps_the_old_one_when_it_cannot()
    {
        var key = Path.GetTempFileName();
        await File.WriteAllTextAsync(key, "first\n");
        await using var upstream = new SilentUpstream();
        using var program = Start(
            "forward", "--upstream", upstream.Address, "--proxy", "127.0.0.1:0", "--peer", "127.0.0.1:1", "--peer-key-file", key);
        await LineAsync(program, "proxy on");

        await File.WriteAllTextAsync(key, "second\n");
        File.SetUnixFileMode(key, File.GetUnixFileMode(key) | UnixFileMode.OtherRead);
        Signal(program, "HUP");
        await LineAsync(program, $"{key} is open to other users");
        await LineAsync(program, "peer key read again");
        File.Delete(key);
        Signal(program, "HUP");
        await LineAsync(program, "its old content stays");
        Signal(program, "TERM");

        Assert.That(await EndAsync(program), Is.Zero);
    }

    [Test]
    public async Task Peers_without_a_key_end_with_code_2_and_one_line()
    {
        using var program = Start("forward", "--upstream", "127.0.0.1:1", "--peer", "10.0.0.2:80");

        Assert.That(await EndAsync(program), Is.EqualTo(2));
        Assert.That(await program.StandardError.ReadToEndAsync(), Is.EqualTo("wunderproxy: --peer needs --peer-key-file\n"));
    }

    [GeneratedRegex(@"manager API on (?<address>\S+)", RegexOptions.None, 1000)]
    private static partial Regex ApiAddress();

    [GeneratedRegex(@"proxy on (?<address>\S+)", RegexOptions.None, 1000)]
    private static partial Regex ProxyAddress();

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

    private static void Signal(Process program, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{program.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Signals that come within 200 ms count as one: it takes more than one more.</summary>
    private static async Task SignalUntilEndedAsync(Process program)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var ended = program.WaitForExitAsync(deadline.Token);
        while (!ended.IsCompleted)
        {
            Signal(program, "TERM");
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token));
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

    private static async Task<string> AddressAsync(Process program, Regex pattern)
    {
        var part = pattern.ToString()[..pattern.ToString().IndexOf(" (", StringComparison.Ordinal)];
        return pattern.Match(await LineAsync(program, part)).Groups[1].Value;
    }

    private static async Task<Socket> SendAsync(string address, string request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(address));
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(request));
        return socket;
    }

    private static async Task<HttpStatusCode> PauseAsync(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/resume");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
