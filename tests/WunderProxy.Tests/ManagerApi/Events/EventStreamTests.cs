using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Transport;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.Tests.ManagerApi.Events;

/// <summary>The live stream on real sockets, through our front end.</summary>
internal sealed class EventStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private string _directory = null!;
    private ApiFixture _api = null!;
    private ManagerApiServer _server = null!;
    private EndPoint _tcp = null!;

    private EndPoint Unix => new UnixDomainSocketEndPoint(Path.Combine(_directory, "api.sock"));

    [SetUp]
    public void Start()
    {
        _directory = Directory.CreateTempSubdirectory("wunderproxy-events").FullName;
        _api = new ApiFixture();
        var options = new ManagerApiOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0), Unix],
            Transport = TestContext.CurrentContext.Test.Arguments.OfType<TransportKind>().FirstOrDefault(),
        };
        _server = new ManagerApiServer(
            options, ApiToken.From(options), _api.Services, NullLoggerFactory.Instance, TimeProvider.System);
        _tcp = _server.StartOn(options).OfType<IPEndPoint>().Single();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _api.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task Stream_has_the_head_that_proxies_and_browsers_need()
    {
        using var client = await StreamClient.OpenAsync(_tcp);
        var head = client.Head;

        Assert.That((int)head.StatusCode, Is.EqualTo(200));
        Assert.That(head.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/event-stream"));
        Assert.That(head.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(head.Headers.GetValues("X-Accel-Buffering"), Is.EqualTo(new[] { "no" }));
        Assert.That(head.Content.Headers.ContentLength, Is.Null);
    }

    [Test]
    public async Task Event_arrives_while_the_stream_goes_on()
    {
        using var client = await StreamClient.OpenAsync(_tcp);
        await client.NextAsync("snapshot");

        _api.Hub.OnEvent(EventOf("switch", 0));
        var happened = await client.NextAsync("switch");
        await client.NextAsync("snapshot");

        Assert.That(happened.Data, Does.StartWith("{\"Id\":\"0123456789abcdef\",\"Type\":\"switch\""));
    }

    [Test]
    public async Task Changing_call_is_an_event()
    {
        using var client = await StreamClient.OpenAsync(Unix);
        await client.NextAsync("snapshot");

        await RawCaller.AskAsync(
            Unix, "POST /pause?by=ada HTTP/1.1\r\nHost: x\r\nUser-Agent: probe \"1\"\r\nConnection: close\r\n\r\n");
        var call = await client.NextAsync("call");

        Assert.That(
            call.Data,
            Does.Contain("\"Method\":\"POST\",\"Path\":\"/pause\",\"Caller\":\"unix\"").And.Contain("\"By\":\"ada\"").And.Contain("probe"));
    }

    [Test]
    public async Task Watcher_that_reconnects_misses_nothing()
    {
        string seen;
        using (var client = await StreamClient.OpenAsync(_tcp))
        {
            _api.Hub.OnEvent(EventOf("launch", 0));
            seen = (await client.NextAsync("launch")).Id;
        }

        _api.Hub.OnEvent(EventOf("switch", 0));
        using var again = await StreamClient.OpenAsync(_tcp, header: ("Last-Event-ID", seen));
        await again.NextAsync();
        var missed = await again.NextAsync();

        Assert.That(missed!.Name, Is.EqualTo("switch"));
    }

    [Test]
    public async Task Head_is_answered_without_a_place()
    {
        var answer = await RawCaller.AskAsync(_tcp, "HEAD /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.That(answer, Does.StartWith("HTTP/1.1 200 ").And.Contain("text/event-stream").And.EndWith("\r\n\r\n"));
        Assert.That(_api.Hub.Watchers, Is.Zero);
    }

    [Test]
    public async Task Old_client_gets_the_stream_until_we_close()
    {
        var answer = RawCaller.AskAsync(_tcp, "GET /events HTTP/1.0\r\n\r\n");
        await UntilAsync(() => _api.Hub.Watchers == 1);
        _api.Hub.OnEvent(EventOf("switch", 0));

        await _server.DisposeAsync();

        Assert.That(await answer, Does.StartWith("HTTP/1.1 200 ").And.Contain("event: switch\n").And.Contain("event: stop\n"));
    }

    [Test]
    public async Task Places_come_back_when_watchers_leave()
    {
        var clients = await OpenAllAsync(EventHub.MaxWatchers, header: null);
        var refused = await RawCaller.AskAsync(Unix, "GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        clients.ForEach(client => client.Dispose());
        await UntilAsync(() => _api.Hub.Watchers == 0);
        using var next = await StreamClient.OpenAsync(Unix);

        Assert.That(refused, Does.StartWith("HTTP/1.1 503 ").And.Contain("Retry-After: 10").And.Contain("\"overloaded\""));
        Assert.That((int)next.Head.StatusCode, Is.EqualTo(200));
    }

    [TestCase(TransportKind.Epoll)]
    [TestCase(TransportKind.Sockets)]
    public async Task Some_of_two_hundred_that_never_read_are_dropped_and_delay_nobody(TransportKind transport)
    {
        const int Events = 300;
        const int Readers = 170;
        const int Deaf = 30;

        // The deaf ones have rights and are told reasons, which fill what the kernel holds for both of their
        // connections; the others are not.
        var readers = await OpenAllAsync(Readers, header: ("Via", "1.1 proxy"), _tcp);
        var deaf = await Task.WhenAll(Enumerable.Range(0, Deaf).Select(_ => StreamClient.OpenDeafAsync(_tcp)));
        await UntilAsync(() => _api.Hub.Watchers == Readers + Deaf);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var reading = Task.WhenAll(readers.Select(reader => CountAsync(reader, Events)));
        for (var number = 0; number < Events; number++)
        {
            var happened = EventOf("switch", number) with { Reason = new string('x', 30_000) };
            _api.Hub.Publish("switch", happened, happened.ForAnybody(), ApiJson.Context.EventView);
            if (number % 10 == 0)
            {
                // As fast as the readers are, so that only the deaf ones have a queue.
                await UntilAsync(() => readers.TrueForAll(reader => reader.Count >= number - 100));
            }
        }

        Assert.That(await reading.WaitAsync(Patience), Has.All.EqualTo(Events));
        await UntilAsync(() => _api.Hub.Watchers == Readers);
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(64L * 1024 * 1024), $"{transport}");
        Array.ForEach(deaf, socket => socket.Dispose());
        readers.ForEach(reader => reader.Dispose());
        await UntilAsync(() => _api.Hub.Watchers == 0);
    }

    [Test]
    public async Task Shutdown_ends_all_streams_at_once()
    {
        var clients = await OpenAllAsync(20, header: null);
        using var deaf = await StreamClient.OpenDeafAsync(Unix);
        await UntilAsync(() => _api.Hub.Watchers == 21);

        var ends = Task.WhenAll(clients.Select(client => client.NextAsync("stop")));
        await _server.DisposeAsync().AsTask().WaitAsync(Patience);

        await ends.WaitAsync(Patience);
        Assert.That(await Task.WhenAll(clients.Select(client => client.NextAsync())), Has.All.Null, "nothing comes behind it");
        clients.ForEach(client => client.Dispose());
    }

    private static EventView EventOf(string type, int number) => new(
        "0123456789abcdef", type, DateTimeOffset.UnixEpoch, "ada", "machine7", $"r{number}", "aa11", "bb22", "ok", "");

    private static async Task<int> CountAsync(StreamClient reader, int expected)
    {
        for (; reader.Count < expected; reader.Count++)
        {
            var happened = await reader.NextAsync("switch");
            Assert.That(happened.Data, Does.Contain($"\"r{reader.Count}\""));
        }

        return reader.Count;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(start), Is.LessThan(Patience), "what is awaited never came");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    private async Task<List<StreamClient>> OpenAllAsync(int count, (string Name, string Value)? header, EndPoint? way = null)
    {
        List<StreamClient> clients = [];
        for (var number = 0; number < count; number++)
        {
            clients.Add(await StreamClient.OpenAsync(way ?? Unix, header: header));
        }

        return clients;
    }
}
