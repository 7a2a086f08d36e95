using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Operations;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Watching;

/// <summary>The container in service is down, and for a long time it does not come back.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class CurrentRescuerTests
{
    private const string NotBack = "does not come back yet";

    private static readonly string Hash = new('a', 64);

    private readonly ManualTimeProvider _clock = new();

    [Test]
    public async Task Container_that_cannot_be_started_is_told_of_at_growing_distances()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.AddContainer("c1", Hash, "r1", "exited", _clock.GetUtcNow());
        var tries = 0;
        machine.RefuseStart = () => $"no endpoint {Interlocked.Increment(ref tries):x8}";

        await machine.StartAsync(new LifecycleRecord { Hash = Hash, Container = "c1" });
        await machine.AdvanceUntilAsync("the seventeenth try", () => Volatile.Read(ref tries) >= 17);

        Assert.That(
            Told(machine).Select(line => line[line.IndexOf('(', StringComparison.Ordinal)..]),
            Is.EqualTo(new[]
            {
                "(try 1): no endpoint 00000001",
                "(try 2): no endpoint 00000002",
                "(try 4): no endpoint 00000004",
                "(try 8): no endpoint 00000008",
                "(try 16): no endpoint 00000010",
            }));
    }

    [Test]
    public async Task Container_that_is_gone_with_the_store_away_is_told_of_in_words()
    {
        await using var machine = new ScriptedMachine(_clock);
        machine.Store.BeforeCall =
            (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "the store is away");

        await machine.StartAsync(new LifecycleRecord { Hash = Hash, Container = "gone" });
        await machine.AdvanceUntilAsync("a second word", () => Told(machine).Count >= 2);

        Assert.That(Told(machine), Has.All.EndsWith("the store is away"));
        Assert.That(machine.Log.MessagesFrom(LogLevel.Warning, "background task"), Is.Empty);
    }

    private static IReadOnlyList<string> Told(ScriptedMachine machine) => machine.Log.MessagesFrom(LogLevel.Warning, NotBack);
}
