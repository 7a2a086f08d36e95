using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>The manager API answers a balancer, and its operator, whatever others do to it.</summary>
[NonParallelizable]
internal sealed class ApiSiegeTests
{
    private const string Status = "GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private const string Resume = "POST /resume HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    // More than the API has places for, whatever the limit of open files is.
    private const int Crowd = 1010;

    // Descriptors of the program without callers are fewer: its assemblies, loops and listeners.
    private const int MaxAtRest = 200;

    private readonly string _directory = Directory.CreateTempSubdirectory("wunderproxy-siege-").FullName;
    private readonly IPEndPoint _api = WunderProxyProcess.FreeEndPoint();
    private ForwardProcess _proxy = null!;

    private EndPoint Unix => new UnixDomainSocketEndPoint(Path.Combine(_directory, "api.sock"));

    [OneTimeSetUp]
    public async Task StartAsync() => _proxy = await ForwardProcess.StartAsync(
        new IPEndPoint(IPAddress.Loopback, 9), "--api", $"{_api}", "--api", $"unix:{Unix}");

    /// <summary>What a test had open is closed before the next one counts.</summary>
    [TearDown]
    public Task LeaveAsync() =>
        Eventually.TrueAsync("the connections of the test are closed", () => Descriptors() < MaxAtRest);

    [OneTimeTearDown]
    public void Stop()
    {
        _proxy.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [TestCase("")]
    [TestCase("GET /status HTTP/1.1\r\nHo")]
    [TestCase("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task Connections_that_idle_or_drip_or_linger_keep_nobody_out(string sent)
    {
        var crowd = new List<Socket>();
        try
        {
            for (var i = 0; i < Crowd; i++)
            {
                crowd.Add(await ConnectAsync(_api));
                await SendAsync(crowd[^1], sent);
            }

            foreach (var way in new[] { _api, Unix })
            {
                Assert.That(await AskAsync(way, Status), Does.StartWith("HTTP/1.1 200 "), $"{way}");
                Assert.That(await AskAsync(way, Resume), Does.StartWith("HTTP/1.1 200 "), $"{way}");
            }
        }
        finally
        {
            crowd.ForEach(socket => socket.Dispose());
        }
    }

    [Test]
    public async Task Handlers_move_away_from_strangers_at_the_inner_port_and_no_call_is_lost()
    {
        using var stop = new CancellationTokenSource();
        var asking = AskUntilAsync(stop.Token);
        for (var round = 0; round < 2; round++)
        {
            var port = InnerPort();
            var strangers = new List<Socket>();
            try
            {
                for (var i = 0; i < 200; i++)
                {
                    strangers.Add(await ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)));
                    await SendAsync(strangers[^1], i % 2 == 0 ? "" : "GET /status HTTP/1.1\r\nHo");
                }
            }
            catch (SocketException)
            {
                // Moved already: nobody listens there any more.
            }

            await Eventually.TrueAsync("the handlers have moved", () => InnerPort() is not 0 and var now && now != port);
            await Eventually.TrueAsync("the strangers' connections are closed", () => strangers.TrueForAll(IsClosed));
            strangers.ForEach(socket => socket.Dispose());
        }

        await stop.CancelAsync();

        Assert.That(await asking, Is.Empty);
        Assert.That(_proxy.Log, Does.Contain("connections of strangers; the handlers moved to port"));
    }

    /// <summary>Bodies that nobody waits for and that do not come once held a thread of the pool for a second each.</summary>
    [Test]
    public async Task Bodies_that_do_not_come_delay_nobody()
    {
        var senders = new List<Socket>();
        for (var i = 0; i < 200; i++)
        {
            senders.Add(await ConnectAsync(_api));
            await SendAsync(senders[^1], "POST /switch HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 100\r\n\r\n");
        }

        var start = TimeProvider.System.GetTimestamp();
        var status = await AskAsync(_api, Status);
        var elapsed = TimeProvider.System.GetElapsedTime(start);
        senders.ForEach(socket => socket.Dispose());

        Assert.That(status, Does.StartWith("HTTP/1.1 200 "));
        Assert.That(elapsed, Is.LessThan(TimeSpan.FromSeconds(3)), "200 bodies at 24 threads would take 8 s");
    }

    [Test]
    public async Task Refused_calls_write_little_to_the_log()
    {
        var before = _proxy.Log.Length;
        var call = $"POST /switch?by={new string('b', 7000)} HTTP/1.1\r\nHost: evil.example\r\n\r\n";
        using var socket = await ConnectAsync(_api);
        for (var i = 0; i < 500; i++)
        {
            await SendAsync(socket, call);
            await ReadHeadAsync(socket);
        }

        Assert.That(_proxy.Log.Length - before, Is.LessThan(20_000));
    }

    private int Descriptors() => Directory.EnumerateFileSystemEntries($"/proc/{_proxy.Id}/fd").Count();

    /// <summary>The inner port is the one loopback port that the program listens on beside those that it was given.</summary>
    private int InnerPort()
    {
        var inodes = Directory.EnumerateFileSystemEntries($"/proc/{_proxy.Id}/fd")
            .Select(name => new FileInfo(name).LinkTarget ?? "")
            .Where(link => link.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(link => link[8..^1])
            .ToHashSet(StringComparer.Ordinal);
        return File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[3] == "0A" && inodes.Contains(columns[9]))
            .Select(columns => Convert.ToInt32(columns[1][9..], 16))
            .LastOrDefault(port => port != _api.Port && port != _proxy.Proxy.Port);
    }

    /// <summary>Asks all the time and collects the answers that are none.</summary>
    private async Task<List<string>> AskUntilAsync(CancellationToken cancellationToken)
    {
        var bad = new List<string>();
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var request in new[] { Status, Resume })
            {
                var answer = await AskAsync(_api, request);
                if (!answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                {
                    bad.Add(answer);
                }
            }
        }

        return bad;
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            while (socket.Available > 0)
            {
                socket.Receive(new byte[1024]);
            }

            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<string> AskAsync(EndPoint way, string request)
    {
        using var socket = await ConnectAsync(way);
        await SendAsync(socket, request);
        return await ReadHeadAsync(socket);
    }

    private static async Task<Socket> ConnectAsync(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(endPoint, deadline.Token);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text)
    {
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        }
        catch (SocketException)
        {
            // Ended to make room for others.
        }
    }

    /// <summary>Reads what comes first, which is a whole head.</summary>
    private static async Task<string> ReadHeadAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[16 * 1024];
        var length = await socket.ReceiveAsync(buffer, deadline.Token);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
