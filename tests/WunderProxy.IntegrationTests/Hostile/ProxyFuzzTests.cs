using WunderProxy.Fuzz.Proxy;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>The fuzzer of <c>eng/fuzz.sh --target proxy</c>, for a bounded time.</summary>
internal sealed class ProxyFuzzTests
{
    [TestCase("epoll", null, 20261122, 10)]
    [TestCase("sockets", null, -7, 10)]
    [TestCase("epoll", "openssl", 20261126, 5)]
    public async Task Mutated_traffic_keeps_the_invariants(string transport, string? tlsEngine, int seed, int seconds)
    {
        await using var fuzzer = new ProxyFuzzer(
            new ProxyFuzzOptions
            {
                Program = WunderProxyProcess.Program,
                Transport = transport,
                TlsEngine = tlsEngine,
                Seed = seed,
                Time = TimeSpan.FromSeconds(seconds),
                Connections = 48
            });

        var failure = await fuzzer.RunAsync();

        TestContext.Out.WriteLine(fuzzer.Summary);
        Assert.That(failure, Is.Null);
    }

    [Test]
    public void Same_number_makes_the_same_input()
    {
        for (var round = 0; round < 500; round++)
        {
            FuzzCase first = new(5, round), second = new(5, round);

            Assert.That((second.Text, second.End), Is.EqualTo((first.Text, first.End)));
            Assert.That(second.Replies.Select(reply => reply?.Pieces),
                Is.EqualTo(first.Replies.Select(reply => reply?.Pieces)));
        }
    }
}
