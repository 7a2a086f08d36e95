using System.Net.Sockets;
using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>Clients that mean harm: the proxy's memory stays below a bound, and others never notice.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.PlainInCheck))]
internal sealed class HostileClientTests(string wiring)
{
    private const int Mebibyte = 1024 * 1024;
    private const string PostChunks = "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Test]
    public async Task Thousands_of_connections_send_a_byte_a_second()
    {
        // Of 20,000 files that may be open two are kept for each client, and some 2,000 for all else.
        const int Connections = 8_500;
        var engine = ProxyWiring.Parse(wiring).Engine;
        await using var proxy = await HostileProxy.StartAsync(wiring, "--header-timeout", "5m");
        using var clients = new SlowClients(
            proxy.Listener, engine is not null, Connections, "GET / HTTP/1.1\r\nHost: a\r\nX: ", HostileProxy.IsFull ? 60 : 4);

        var open = await clients.DripAsync();
        await Eventually.TrueAsync(
            "all of them to be known", async () => await proxy.CountAsync("active") >= Connections);

        Assert.That(open, Is.EqualTo(Connections), "all of them are heard");
        await proxy.CheckAsync(engine switch
        {
            "openssl" => Bounds.SlowOpenSslConnections,
            "runtime" => Bounds.SlowRuntimeConnections,
            _ => Bounds.SlowConnections,
        });
    }

    [TestCase("/big")]
    [TestCase("/big-chunked")]
    public async Task Thousand_clients_stop_reading_a_large_response(string path)
    {
        const int Clients = 1000;

        // Long enough that on a busy machine the first is not cut off before the last has come.
        var patience = HostileProxy.IsFull ? "30s" : "8s";
        await using var proxy = await HostileProxy.StartAsync(
            wiring, "--body-timeout", patience, "--buffer-memory", "32MiB", "--buffer-disk", "256MiB");
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ =>
            proxy.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")));

        await Eventually.TrueAsync(
            "all of them to be under way", async () => await proxy.CountAsync("active") >= Clients);
        await Eventually.TrueAsync(
            "all of them to be cut off", async () => await proxy.CountAsync("active") < 10, seconds: 120);

        Array.ForEach(clients, client => client.Dispose());
        await proxy.CheckAsync(
            ProxyWiring.Parse(wiring).Engine == "runtime" ? Bounds.StalledRuntimeReaders : Bounds.StalledReaders);
    }

    [Test]
    public async Task Clients_that_stall_in_a_request_body_are_cut_off()
    {
        const int Clients = 1000;
        await using var proxy = await HostileProxy.StartAsync(wiring, "--body-timeout", "3s");
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ =>
            proxy.SendAsync(PostChunks + "1\r\nx\r\n5\r\n")));

        var answers = await Task.WhenAll(clients.Select(client => client.ReadHeadAsync()));

        Assert.That(answers, Has.All.StartWith("HTTP/1.1 408 "));
        Array.ForEach(clients, client => client.Dispose());
        await proxy.CheckAsync(Bounds.StalledReaders);
    }

    [Test]
    public async Task Hundred_thousand_tiny_chunks_go_up()
    {
        const int Clients = 8;
        await using var proxy = await HostileProxy.StartAsync(wiring);

        var answers = await proxy.AskManyAsync(Clients, PostChunks, async client =>
        {
            await client.SendAsync(HostileOrigin.TinyChunks);
            return await client.ReadThroughAsync($"{HostileOrigin.ChunkCount}");
        });

        Assert.That(answers, Has.All.StartWith("HTTP/1.1 200 "));
        await proxy.CheckAsync(Bounds.TinyChunks);
    }

    [Test]
    public async Task Many_connections_come_with_a_bad_request_and_go()
    {
        const int Clients = 50, Rounds = 200;
        var request = $"GET / HTTP/1.1\r\nHost: a\r\n{new string('x', 3000)}\r\n\r\n";
        await using var proxy = await HostileProxy.StartAsync(wiring);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                using var client = await proxy.SendAsync(request);
                await client.ReadHeadAsync();
                client.Reset();
            }
        }));

        await proxy.CheckAsync(Bounds.ShortConnections);
    }

    [Test]
    public async Task Headers_of_a_mebibyte_from_many_at_once()
    {
        const int Clients = 100;
        var line = $"X: {new string('h', 1020)}\r\n";
        var request = $"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat(line, Mebibyte / 1024))}\r\n";
        await using var proxy = await HostileProxy.StartAsync(wiring);

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskAsync(proxy, request)));

        Assert.That(answers, Has.All.StartWith("HTTP/1.1 431 "));
        await proxy.CheckAsync(Bounds.Heads);
        Assert.That(proxy.Log, Does.Contain("request refused: HeadersTooLarge, from 127.0.0.1"));
        Assert.That(proxy.Log.Split("HeadersTooLarge").Length, Is.LessThan(10),
            "a flood of refusals is no flood of lines");
    }

    [Test]
    public async Task Request_line_that_never_ends()
    {
        const int Clients = 200;
        await using var proxy = await HostileProxy.StartAsync(wiring);

        var ends = await proxy.AskManyAsync(Clients, "GET /", SendForeverAsync);

        Assert.That(ends, Has.All.StartWith("HTTP/1.1 414 "));
        await proxy.CheckAsync(Bounds.Heads);
    }

    private static async Task<string> AskAsync(HostileProxy proxy, string request)
    {
        using var client = await RawConnection.ConnectAsync(proxy.EndPoint);
        var reading = client.ReadHeadAsync();
        await client.SendAsync(request);
        return await reading;
    }

    // The proxy answers, listens for a while so that the answer is not lost, and then ends it.
    private static async Task<string> SendForeverAsync(RawConnection client)
    {
        var block = Encoding.ASCII.GetBytes(new string('a', 16 * 1024));
        var reading = client.ReadHeadAsync();
        try
        {
            while (true)
            {
                await client.SendAsync(block);

                // Two hundred at full speed would only wear the machine out while the proxy listens.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
        catch (SocketException)
        {
            return await reading;
        }
    }
}
