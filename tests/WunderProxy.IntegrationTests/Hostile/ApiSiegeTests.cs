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

    private readonly string _directory = Directory.CreateTempSubdirectory("wunderproxy-siege-").FullName;
    private readonly IPEndPoint _api = WunderProxyProcess.FreeEndPoint();
    private ForwardProcess _proxy = null!;

    private EndPoint Unix => new UnixDomainSocketEndPoint(Path.Combine(_directory, "api.sock"));

    [OneTimeSetUp]
    public async Task StartAsync() => _proxy = await ForwardProcess.StartAsync(
        new IPEndPoint(IPAddress.Loopback, 9), "--api", $"{_api}", "--api", $"unix:{Unix}");

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
