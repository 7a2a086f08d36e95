using System.Collections.Concurrent;
using System.Net;
using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>
/// A store with the events of years: a start and a deploy neither list nor read them, and the page reads the newest, once.
/// </summary>
[Category("Faults")]
[Parallelizable(ParallelScope.Self)]
internal sealed class ManyEventsTests
{
    private const int Rounds = 20;

    /// <summary>Events that the page reads; a listing tells of twice as many at once.</summary>
    private const int MostRead = 500;

    private const string Events = "/events/";

    [Test]
    public async Task Events_of_years_in_the_store_cost_neither_a_start_nor_a_deploy_nor_a_page()
    {
        var count = FaultRounds.Of(ci: 250, full: 5000);
        var calls = new ConcurrentQueue<StoreRequest>();
        await using var relay = new StoreRelay(TestEnvironment.S3Variables["AWS_ENDPOINT_URL"]);
        relay.Judge(request =>
        {
            calls.Enqueue(request);
            return StoreFault.None;
        });
        await using var service = await TestService.CreateAsync(StoreKind.S3, "r1");
        await FillAsync(service, count);
        var variables = new Dictionary<string, string>(TestEnvironment.S3Variables, StringComparer.Ordinal) { ["AWS_ENDPOINT_URL"] = relay.Url };
        await service.StartWithAsync(["run", .. service.Arguments()], variables);
        await service.WaitUntilIdleAsync();
        await service.DeployAsync(LaunchConfigText.Of("r1"));
        Assert.That(calls.Where(request => request.Reads(Events)), Is.Empty, "at the start and at a deploy");
        await Eventually.TrueAsync("the event of the deploy", () => calls.Any(request => request.Method == "PUT" && request.Path.Contains(Events, StringComparison.Ordinal)));
        calls.Clear();

        using var http = new HttpClient { BaseAddress = new Uri($"http://{service.Api}/"), Timeout = TimeSpan.FromSeconds(60) };
        await ReadAsync(http, "", "text/html");
        await Eventually.TrueAsync("the newest events", () => ReadOf(calls).Length >= Math.Min(count, MostRead));
        Assert.That(ReadOf(calls), Is.Unique.And.Length.LessThanOrEqualTo(MostRead));
        Assert.That(calls.Count(request => request.Reads(Events)) - ReadOf(calls).Length, Is.LessThanOrEqualTo(count / MostRead + 5), "listings");
        calls.Clear();
        foreach (var (path, accept) in new[] { ("", "text/html"), ("explain", "text/plain"), ("status", "application/json"), ("history", "application/json") })
        {
            var began = TimeProvider.System.GetTimestamp();
            var bytes = 0;
            for (var round = 0; round < Rounds; round++)
            {
                bytes = await ReadAsync(http, path, accept);
            }

            var took = TimeProvider.System.GetElapsedTime(began);
            TestContext.Out.WriteLine($"{count} events, /{path}: {took.TotalMilliseconds / Rounds:0.0} ms, {bytes} bytes, {calls.Count} calls of the store for {Rounds}");
            Assert.That(bytes, Is.LessThan(60_000), path);
            Assert.That(calls, Has.Count.LessThanOrEqualTo(2 * Rounds), path);
            Assert.That(ReadOf(calls), Is.Empty, path);
            calls.Clear();
        }

        Assert.That(await FirstBlocksAsync(http), Is.LessThan(60_000), "the first view of the live stream");
        Assert.That(ReadOf(calls), Is.Empty, "the live stream");
    }

    /// <summary>The objects of events that were read, not those that were listed.</summary>
    private static string[] ReadOf(ConcurrentQueue<StoreRequest> calls) =>
        [.. calls.Where(request => request.Method == "GET" && request.Path.Contains(Events, StringComparison.Ordinal)).Select(request => request.Path)];

    /// <summary>Puts events of one a minute into the store, past the product.</summary>
    private static Task FillAsync(TestService service, int count)
    {
        var begin = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
        {
            var at = begin.AddMinutes(number);
            var text = $$"""{"Type":"switch","At":"{{at:yyyy-MM-dd'T'HH:mm:ss'Z'}}","By":"ada","Host":"m","Revision":"r{{number}}","Hash":"{{number:x64}}","FromHash":"","Result":"ok","Reason":""}""";
            await service.Store.PutAsync($"{service.Prefix}/events/{at:yyyyMMdd'T'HHmmss}0000000Z-{number:x16}.json", Encoding.UTF8.GetBytes(text));
        });
    }

    private static async Task<int> ReadAsync(HttpClient http, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await http.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), path);
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }

    /// <summary>Returns how many characters of the live stream come up to the end of the first view.</summary>
    private static async Task<int> FirstBlocksAsync(HttpClient http)
    {
        using var lines = new StreamReader(await http.GetStreamAsync("events?view=page-5m"));
        var (length, isPage) = (0, false);
        while (await lines.ReadLineAsync() is { } line)
        {
            length += line.Length;
            isPage |= line == "event: page";
            if (isPage && line.Length == 0)
            {
                break;
            }
        }

        return length;
    }
}
