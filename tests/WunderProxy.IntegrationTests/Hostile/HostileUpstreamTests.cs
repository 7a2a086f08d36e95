using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>Applications that do harm: the proxy's memory stays below a bound, and others never notice.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.PlainInCheck))]
internal sealed class HostileUpstreamTests(string wiring)
{
    [TestCase("/headers")]
    [TestCase("/endless")]
    public async Task Response_head_that_is_too_large_or_never_ends(string path)
    {
        const int Clients = 100;
        await using var proxy = await HostileProxy.StartAsync(wiring);

        var answers = await proxy.AskManyAsync(
            Clients, $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n", client => client.ReadHeadAsync());

        Assert.That(answers, Has.All.StartWith("HTTP/1.1 502 ").And.All.Contain("http_response_header_section_size"));
        await proxy.CheckAsync(Bounds.Heads);
        Assert.That(proxy.Log, Does.Contain("exchange lost: ResponseHeadTooLarge"));
        Assert.That(proxy.Log.Split("exchange lost").Length, Is.LessThan(10),
            "a flood of lost exchanges is no flood of lines");
    }

    [Test]
    public async Task Hundred_thousand_tiny_chunks_come_down()
    {
        const int Clients = 8;
        await using var proxy = await HostileProxy.StartAsync(wiring);

        var answers = await proxy.AskManyAsync(Clients, "GET /chunks HTTP/1.1\r\nHost: a\r\n\r\n", async client =>
        {
            await client.ReadHeadAsync();
            return await client.ReadAsync(HostileOrigin.TinyChunks.Length);
        });

        Assert.That(answers, Has.All.EqualTo(HostileOrigin.TinyChunks));
        await proxy.CheckAsync(Bounds.TinyChunks);
    }
}
