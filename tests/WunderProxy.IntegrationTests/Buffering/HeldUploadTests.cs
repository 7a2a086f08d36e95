using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>Slow uploads with <c>--buffer-requests</c>.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.PlainInCheck))]
internal sealed class HeldUploadTests(string wiring)
{
    private const int MiB = 1 << 20;
    private const int Clients = 8;

    // More than what is held of one body in memory.
    private const int BodyBytes = 3 * MiB;

    [Test]
    public async Task Application_sees_slow_uploads_when_they_are_complete_and_every_byte_of_them()
    {
        using var application = new UploadApplication();
        var api = WunderProxyProcess.FreeEndPoint();
        var folder = Path.Combine(TestContext.CurrentContext.TestDirectory, $"uploads-{wiring}");
        using var proxy = await ForwardProcess.StartAsync(
            application.EndPoint, ProxyWiring.Parse(wiring), "--api", $"{api}", "--buffer-requests", "--buffer-directory", folder,
            "--buffer-memory", "16MiB", "--buffer-disk", "64MiB");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var body = RandomNumberGenerator.GetBytes(BodyBytes);
        var clients = new List<Socket>();
        for (var number = 0; number < Clients; number++)
        {
            clients.Add(await BeginAsync(proxy.Proxy, body, isChunked: number % 2 == 0));
        }

        await Eventually.TrueAsync("the bodies to be held", async () => await DiskAsync(http, api) >= Clients * MiB);
        var seen = application.Connections;
        var refused = await AskAsync(proxy.Proxy, $"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {66L * MiB}\r\n\r\n");
        var answers = await Task.WhenAll(clients.Select((client, number) => EndAsync(client, body, isChunked: number % 2 == 0)));

        Assert.That(seen, Is.Zero, "the application was not contacted");
        Assert.That(refused, Does.StartWith("HTTP/1.1 413 "));
        var digest = Convert.ToHexStringLower(SHA256.HashData(body));
        Assert.That(answers, Has.All.StartWith("HTTP/1.1 200 ").And.All.EndsWith(digest));
        Assert.That(application.Connections, Is.EqualTo(Clients));
        await Eventually.TrueAsync("everything to be given back", async () => await DiskAsync(http, api) == 0);
    }

    private static async Task<Socket> BeginAsync(EndPoint proxy, byte[] body, bool isChunked)
    {
        var framing = isChunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}";
        var size = isChunked ? $"{body.Length:x}\r\n" : string.Empty;
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(proxy);
        await SendAsync(client, Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{framing}\r\n\r\n{size}"));
        await SendAsync(client, body.AsMemory(..^1));
        return client;
    }

    private static async Task<string> EndAsync(Socket client, byte[] body, bool isChunked)
    {
        using (client)
        {
            await SendAsync(client, body.AsMemory(^1..));
            await SendAsync(client, isChunked ? "\r\n0\r\n\r\n"u8.ToArray() : default);
            return await ReadAsync(client);
        }
    }

    private static async Task<string> AskAsync(EndPoint proxy, string request)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(proxy);
        await SendAsync(client, Encoding.ASCII.GetBytes(request));
        return await ReadAsync(client);
    }

    private static async Task SendAsync(Socket client, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await client.SendAsync(bytes)..];
        }
    }

    private static async Task<string> ReadAsync(Socket client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var reader = new StreamReader(new NetworkStream(client), Encoding.Latin1);
        return await reader.ReadToEndAsync(deadline.Token);
    }

    private static async Task<long> DiskAsync(HttpClient http, IPEndPoint api) =>
        JsonNode.Parse(await http.GetStringAsync($"http://{api}/status"))!["Buffers"]!["Disk"]!.GetValue<long>();
}
