using System.Globalization;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Storage;

/// <summary>
/// Many processes deploy at the same moment, again and again. Whoever is told that it went well has exactly one event,
/// whoever is refused has none, and history and current are what the events say. WUNDERPROXY_TEST_ROUNDS makes it
/// longer.
/// </summary>
[TestFixture]
[NonParallelizable]
internal sealed class DeployersAtOnceTests
{
    private const int Deployers = 20;

    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_ROUNDS") ?? "2", CultureInfo.InvariantCulture);

    private readonly string _prefix = $"at-once-{Guid.NewGuid():n}";

    [Test]
    public async Task Deployers_at_once_lose_nothing_on_ceph()
    {
        using var store = TestS3.Open(TestS3.Ceph, TestEnvironment.S3Bucket);

        await RunAsync(store, TestEnvironment.S3Bucket, TestEnvironment.S3Variables);
    }

    [Test]
    [Category("Swift")]
    public async Task Deployers_at_once_lose_nothing_on_swift()
    {
        var bucket = TestEnvironment.Get("WUNDERPROXY_TEST_SWIFT_BUCKET");
        using var store = TestS3.Open(TestS3.Swift, bucket);

        await RunAsync(store, bucket, TestS3.VariablesOf(TestS3.Swift));
    }

    [Test]
    public async Task Deployers_at_once_lose_nothing_in_a_directory()
    {
        var directory = Directory.CreateTempSubdirectory("wunderproxy-");
        try
        {
            var bucket = $"file:{directory.FullName}";
            using var store = ObjectStores.Open(bucket, TimeProvider.System);

            await RunAsync(store, bucket, new Dictionary<string, string>(StringComparer.Ordinal));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task RunAsync(IObjectStore store, string bucket, IReadOnlyDictionary<string, string> variables)
    {
        DeployerProcess[] deployers =
            [.. Enumerable.Range(1, Deployers).Select(i => new DeployerProcess(bucket, _prefix, $"d{i}", variables))];
        try
        {
            await Task.WhenAll(deployers.Select(deployer => deployer.AwaitReadyAsync()));
            HashSet<string> deployed = new(StringComparer.Ordinal);
            for (var round = 1; round <= Rounds; round++)
            {
                var answers = await Task.WhenAll(deployers.Select(deployer => deployer.DeployAsync(round)));
                await CheckAsync(store, answers, deployed);
            }
        }
        finally
        {
            Array.ForEach(deployers, deployer => deployer.Dispose());
        }
    }

    private async Task CheckAsync(IObjectStore store, string[] answers, HashSet<string> deployed)
    {
        string[] succeeded = [.. answers.Where(Told("ok")).Select(answer => answer["ok ".Length..])];
        TestContext.Out.WriteLine($"{succeeded.Length} deployed, {answers.Count(Told("refused"))} refused");
        deployed.UnionWith(succeeded);

        var repository = new HistoryRepository(store, _prefix, TimeProvider.System);
        var events = await new EventReader(store, _prefix, answers.Length).ReadAsync(CancellationToken.None);
        var eventCount = (await store.ListAsync(ObjectKey.Events(_prefix), CancellationToken.None)).Count;
        var history = await repository.LoadAsync(CancellationToken.None);
        var current = await new LaunchConfigRepository(store, _prefix).LoadCurrentAsync(CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(answers.Where(Told("failed")), Is.Empty);
            Assert.That(succeeded, Is.Not.Empty);
            Assert.That(eventCount, Is.EqualTo(deployed.Count), "one event for each deploy");
            Assert.That(events.TakeLast(succeeded.Length).Select(e => e.Hash), Is.EquivalentTo(succeeded));
            Assert.That(
                history.Entries.Select(entry => entry.Hash),
                Is.EqualTo(events.TakeLast(DeploymentHistory.MaxEntries).Select(e => e.Hash)),
                "the last ten, in order");
            Assert.That(current.Hash.Value, Is.EqualTo(history.Last!.Hash));
        });
    }

    private static Func<string, bool> Told(string outcome) =>
        answer => answer.StartsWith(outcome + " ", StringComparison.Ordinal);
}
