using System.Globalization;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Buffering;

/// <summary>
/// Events through a proxy that buffers responses: a client that keeps up gets each event before the application has written
/// the next one. The order of the steps decides, not their time.
/// </summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.WithOpenSsl))]
internal sealed class EventStreamTests(string wiring)
{
    // More than all sockets and pipes between the application and a client that does not read.
    private const int ManyBytes = 24 << 20;

    private readonly string _folder = Path.Combine(TestContext.CurrentContext.TestDirectory, $"events-{wiring}");

    [Test]
    public async Task Event_arrives_while_the_application_has_not_written_the_next([Values] bool isChunked)
    {
        using var application = new EventApplication();
        using var proxy = await StartAsync(application);
        using var http = NewClient();
        var answering = http.GetAsync(proxy.Address, HttpCompletionOption.ResponseHeadersRead);
        await application.BeginAsync(isChunked);
        using var answer = await answering;
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync());

        for (var number = 1; number <= 3; number++)
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            await application.WriteEventAsync(text, isChunked);
            Assert.That(await ReadEventAsync(events), Is.EqualTo(text));
        }
    }

    [Test]
    public async Task Event_arrives_at_once_again_after_the_client_was_behind([Values] bool isChunked)
    {
        using var application = new EventApplication();
        var api = WunderProxyProcess.FreeEndPoint();
        using var proxy = await StartAsync(application, "--api", $"{api}");
        using var http = NewClient();
        var answering = http.GetAsync(proxy.Address, HttpCompletionOption.ResponseHeadersRead);
        await application.BeginAsync(isChunked);
        using var answer = await answering;
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var many = new string('x', ManyBytes);
        await application.WriteEventAsync(many, isChunked);
        var status = JsonNode.Parse(await http.GetStringAsync($"http://{api}/status"))!;
        Assert.That(status["Buffers"]!["Memory"]!.GetValue<long>(), Is.Positive, "the client is behind");
        Assert.That(await ReadEventAsync(events), Has.Length.EqualTo(ManyBytes));

        await application.WriteEventAsync("next", isChunked);
        Assert.That(await ReadEventAsync(events), Is.EqualTo("next"));
        await application.WriteEventAsync("last", isChunked);
        Assert.That(await ReadEventAsync(events), Is.EqualTo("last"));
    }

    private static async Task<string> ReadEventAsync(StreamReader events)
    {
        // An event that is held back for the next one never comes.
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var line = await events.ReadLineAsync(deadline.Token);
        Assert.That(await events.ReadLineAsync(deadline.Token), Is.Empty, "an empty line ends the event");
        return line!["data: ".Length..];
    }

    private static HttpClient NewClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null },
    });

    private Task<ForwardProcess> StartAsync(EventApplication application, params string[] options) => ForwardProcess.StartAsync(
        application.EndPoint, ProxyWiring.Parse(wiring), ["--buffer-directory", _folder, "--access-log", "none", .. options]);
}
