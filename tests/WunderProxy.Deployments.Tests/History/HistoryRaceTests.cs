using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.History;

/// <summary>
/// Many deployers at once over a store that loses answers at random: what they are told is what happened. The same
/// with processes and real servers is in the integration tests.
/// </summary>
[Parallelizable]
internal sealed class HistoryRaceTests
{
    private const string Prefix = "p";
    private const int Deployers = 12;

    [Test]
    public async Task Deployers_at_once_lose_nothing([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        using var store = new InMemoryObjectStore { AfterPut = key => Answer(random, key) };

        await RunAsync(store, Deployers);
    }

    [Test]
    public async Task Deployers_at_once_lose_nothing_in_a_directory()
    {
        using var directory = new TemporaryDirectory();
        using var store = DirectoryObjectStore.Open(directory.Under("store"), TimeProvider.System);

        await RunAsync(store, Deployers);
    }

    [Test]
    public async Task Deployers_at_once_lose_nothing_without_conditional_writes([Range(1, 3)] int round)
    {
        using var store = new InMemoryObjectStore { Conditions = ConditionSupport.Refused };

        await RunAsync(store, Deployers + round);
    }

    private static PutOutcome Answer(Random random, string key)
    {
        // Called under the store's lock, so that one generator serves all.
        var isLost = key.EndsWith("history.json", StringComparison.Ordinal) && random.Next(3) == 0;
        return isLost ? PutOutcome.Unknown : PutOutcome.Stored;
    }

    private static async Task RunAsync(IObjectStore store, int deployers)
    {
        var entries = await Task.WhenAll(Enumerable.Range(0, deployers).Select(i => DeployAsync(store, $"d{i}")));

        var succeeded = entries.OfType<HistoryEntry>().OrderBy(entry => entry.DeployedAt).ToArray();
        var history = await new HistoryRepository(store, Prefix, TimeProvider.System).LoadAsync(CancellationToken.None);
        var current = await new LaunchConfigRepository(store, Prefix).LoadCurrentAsync(CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(succeeded, Is.Not.Empty);
            Assert.That(history.Entries, Is.EqualTo(succeeded.TakeLast(DeploymentHistory.MaxEntries)));
            Assert.That(current.Hash.Value, Is.EqualTo(succeeded[^1].Hash));
        });
    }

    /// <summary>One deploy; null when it is refused.</summary>
    private static async Task<HistoryEntry?> DeployAsync(IObjectStore store, string name)
    {
        var history = new HistoryRepository(store, Prefix, TimeProvider.System);
        var config = TestConfigs.Of(name);
        var intent = DeploymentIntent.Deploy(config, name, TimeProvider.System.GetUtcNow());
        try
        {
            await using var claim = await history.ClaimAsync(name, CancellationToken.None);
            await new LaunchConfigRepository(store, Prefix).AddAsync(config, CancellationToken.None);
            return await claim.ApplyAsync(intent, CancellationToken.None);
        }
        catch (LeaseHeldException)
        {
            return null;
        }
    }
}
