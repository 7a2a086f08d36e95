using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>
/// Strangers who take every descriptor through the inner port of the manager API at once, so that nothing is left to
/// count them with.
/// </summary>
internal sealed class InnerPortBurstTests
{
    private const int Limit = 256;
    private const string ListenState = "0A";

    [Test]
    public async Task Burst_at_the_inner_port_shuts_nobody_out_while_it_stays()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });
        var (proxy, api) = (WunderProxyProcess.FreeEndPoint(), WunderProxyProcess.FreeEndPoint());
        using var process = WunderProxyProcess.Start(
            [
                "forward", "--upstream", "127.0.0.1:9", "--proxy", $"{proxy}", "--api", $"{api}", "--access-log", "none",
                "--shutdown-grace", "0s",
            ],
            wrapper: ["prlimit", $"--nofile={Limit}:{Limit}"]);
        await Eventually.TrueAsync("the API", () => IsAnsweredAsync(http, api));

        var strangers = Burst(InnerPort(process.Id, proxy.Port, api.Port), 5 * Limit);
        await Eventually.TrueAsync("the handlers have moved", () => process.Errors.Contains("handlers moved", StringComparison.Ordinal));
        await Eventually.TrueAsync("the API beside the strangers", () => IsAnsweredAsync(http, api));

        strangers.ForEach(stranger => stranger.Dispose());
        Assert.That(process.HasExited, Is.False, process.Errors);
        process.Signal(WunderProxyProcess.SigTerm);
        Assert.That(await process.WaitForExitAsync(), Is.Zero, process.Errors);
    }

    private static async Task<bool> IsAnsweredAsync(HttpClient http, IPEndPoint api)
    {
        try
        {
            using var response = await http.GetAsync($"http://{api}/livez");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static List<Socket> Burst(int port, int count)
    {
        var sockets = new List<Socket>();
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            sockets.Add(socket);
            try
            {
                socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                // Under way, or the handlers have moved already.
            }
        }

        return sockets;
    }

    /// <summary>The loopback port that the process listens on beside those that it was given.</summary>
    private static int InnerPort(int process, params int[] given)
    {
        var inodes = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(name => new FileInfo(name).LinkTarget ?? "")
            .Where(link => link.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(link => link[8..^1])
            .ToHashSet(StringComparer.Ordinal);
        return File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[3] == ListenState && inodes.Contains(columns[9]))
            .Select(columns => int.Parse(columns[1][9..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .Single(port => !given.Contains(port));
    }
}
