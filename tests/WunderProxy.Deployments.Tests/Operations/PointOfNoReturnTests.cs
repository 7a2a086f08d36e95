using System.Text;
using System.Text.Json;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>
/// An answer with an error means: not switched. Whatever is thrown after the switch, by the store or by a step of ours, the
/// call succeeds, and what could not be written is written later.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class PointOfNoReturnTests
{
    private static readonly Func<Exception>[] Faults =
    [
        () => new ObjectStoreException(ObjectStoreFault.Unavailable, "the store is away"),
        () => new ObjectStoreException(ObjectStoreFault.Denied, "the store refuses"),
        () => new InvalidOperationException("lone surrogate"),
        () => new DecoderFallbackException("no UTF-8"),
        () => new JsonException("not JSON"),
        () => new FormatException("no ETag"),
        () => new IOException("no space left on device"),
        () => new UnauthorizedAccessException("read-only file system"),
        () => new OperationCanceledException("cancelled"),
#pragma warning disable CA2201 // These are what the runtime throws.
        () => new OutOfMemoryException("no memory"),
        () => new NullReferenceException("a bug"),
#pragma warning restore CA2201
        () => new AggregateException(new TimeoutException("too late")),
    ];

    private static IEnumerable<TestCaseData> EveryKindAndFault() =>
        from kind in new[] { "deploy", "rollback", "switch" }
        from fault in Enumerable.Range(0, Faults.Length)
        select new TestCaseData(kind, fault).SetArgDisplayNames(kind, Faults[fault]().GetType().Name + fault);

    [TestCaseSource(nameof(EveryKindAndFault))]
    public async Task Store_that_throws_from_the_switch_on_fails_no_call(string kind, int fault)
    {
        await using var machine = await StartAsync();
        var isBroken = true;
        machine.Store.BeforeCall = (_, _) => ThrowIf(isBroken && IsSwitched(machine, kind), fault);

        var isPending = await CallAsync(machine, kind);
        var warnings = machine.Lifecycle.Snapshot().Warnings;
        isBroken = false;
        machine.Store.BeforeCall = null;
        var told = await machine.EventsAsync();
        await WaitForHistoryAsync(machine, kind);

        Assert.That(isPending, Is.EqualTo(kind != "switch"));
        Assert.That(told[^1], Is.EqualTo($"{kind} {Target(kind)}"), "the event is there before the history is");
        if (isPending)
        {
            Assert.That(warnings, Has.Some.Contains("history"));
            await ScriptedMachine.EventuallyAsync(
                "no warning",
                () => Task.FromResult(!machine.Lifecycle.Snapshot().Warnings.Any(text => text.Contains("history", StringComparison.Ordinal))));
        }

        Assert.That((await machine.EventsAsync()).Count(happened => happened == told[^1]), Is.EqualTo(1), "one event");
    }

    /// <summary>Each single call to the store after the switch fails once, by each exception in turn.</summary>
    [TestCase("deploy")]
    [TestCase("rollback")]
    [TestCase("switch")]
    public async Task Single_store_call_that_throws_once_fails_nothing(string kind)
    {
        for (var call = 1; await FailsNothingAsync(kind, call); call++)
        {
            Assert.That(call, Is.LessThan(100), "the calls of one operation end");
        }
    }

    /// <summary>Each named step after the exchange of the slot throws.</summary>
    [TestCase("deploy")]
    [TestCase("rollback")]
    [TestCase("switch")]
    public async Task Step_that_throws_after_the_switch_fails_nothing(string kind)
    {
        var steps = new List<string>();
        await using (var machine = await StartAsync())
        {
            machine.OnStep = step => NoteIf(IsSwitched(machine, kind), step, steps);
            await CallAsync(machine, kind);
        }

        var seen = Distinct(steps);
        Assert.That(seen, Has.Some.Contains("event-before"));
        foreach (var broken in seen)
        {
            await using var machine = await StartAsync();
            machine.OnStep = step => ThrowIf(step == broken && IsSwitched(machine, kind), 2);

            Assert.That(async () => await CallAsync(machine, kind), Throws.Nothing, broken);
            Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo(Target(kind)), broken);
        }
    }

    [Test]
    public async Task Slot_that_cannot_be_exchanged_fails_the_call_and_leaves_the_record()
    {
        await using var machine = await StartAsync();
        machine.Traffic.Refusal = new InvalidOperationException("no upstream");

        Assert.That(async () => await CallAsync(machine, "deploy"), Throws.InvalidOperationException);

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r2"));
        Assert.That(machine.Record.Intents, Is.Empty);
        Assert.That(machine.Record.Hash, Is.EqualTo(machine.HashOf("r2")));
    }

    [Test]
    public async Task Pending_history_of_an_earlier_deploy_does_not_end_up_behind_a_later_one()
    {
        await using var machine = await StartAsync();
        machine.Store.BeforeCall = (call, key) =>
            ThrowIf(call == "put" && key.EndsWith("history.json", StringComparison.Ordinal), 0);
        await CallAsync(machine, "deploy");
        machine.Store.BeforeCall = null;

        var later = await machine.DeployAsync("r4");

        Assert.That(later.HistoryPending, Is.False);
        Assert.That(await machine.HistoryAsync(), Is.EqualTo(new[] { "r1", "r2", "r3", "r4" }));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo("r4"));
    }

    [Test]
    public async Task Start_that_has_switched_is_done_whatever_its_event_meets()
    {
        await using var machine = new ScriptedMachine(Clock());
        machine.SeedCurrent("r1");
        machine.OnStep = step => ThrowIf(step.EndsWith("event-before", StringComparison.Ordinal), 2);

        await machine.StartAsync();

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo("r1"));
        Assert.That(machine.Lifecycle.Snapshot().Warnings, Is.Empty);
        Assert.That(machine.Record.Seen, Is.EqualTo(machine.HashOf("r1")));
    }

    /// <summary>r1, then r2, in service and in the history.</summary>
    private static async Task<ScriptedMachine> StartAsync()
    {
        var machine = new ScriptedMachine(Clock());
        await machine.StartAsync();
        await machine.DeployAsync("r1");
        await machine.DeployAsync("r2");
        if (machine.Traffic.Current!.Revision != "r2")
        {
            throw new InvalidOperationException("r2 does not serve");
        }

        await machine.Lifecycle.LaunchAsync(await machine.StoreAsync("r3"), "t", null, CancellationToken.None);
        return machine;
    }

    private static PacedTimeProvider Clock() => PacedTimeProvider.ForLifecycle();

    private static string Target(string kind) => kind == "rollback" ? "r1" : "r3";

    private static bool IsSwitched(ScriptedMachine machine, string kind) => machine.Traffic.Current?.Revision == Target(kind);

    private static void ThrowIf(bool condition, int fault)
    {
        if (condition)
        {
            throw Faults[fault]();
        }
    }

    private static void NoteIf(bool condition, string step, List<string> steps)
    {
        if (condition)
        {
            lock (steps)
            {
                steps.Add(step);
            }
        }
    }

    /// <summary>What was noted so far: a retirement in the background may still note more.</summary>
    private static string[] Distinct(List<string> steps)
    {
        lock (steps)
        {
            return [.. steps.Distinct(StringComparer.Ordinal)];
        }
    }

    private static async Task<bool> CallAsync(ScriptedMachine machine, string kind)
    {
        switch (kind)
        {
            case "deploy":
                return (await machine.DeployAsync("r3")).HistoryPending;
            case "rollback":
                return (await machine.Lifecycle.RollbackAsync(
                    new RollbackRequest { Target = "r1", By = "t" }, null, CancellationToken.None)).HistoryPending;
            default:
                await machine.Lifecycle.SwitchAsync(machine.HashOf("r3"), new SwitchOptions { By = "t" }, CancellationToken.None);
                return false;
        }
    }

    private static async Task WaitForHistoryAsync(ScriptedMachine machine, string kind)
    {
        string[] expected = kind switch
        {
            "deploy" => ["r1", "r2", "r3"],
            "rollback" => ["r1"],
            _ => ["r1", "r2"],
        };
        await ScriptedMachine.EventuallyAsync(
            "the history", async () => machine.Record.Intents.Count == 0 && (await machine.HistoryAsync()).SequenceEqual(expected, StringComparer.Ordinal));
        Assert.That(await machine.CurrentAsync(), Is.EqualTo(expected[^1]));
    }

    /// <summary>Fails one call to the store; returns whether there was such a call.</summary>
    private static async Task<bool> FailsNothingAsync(string kind, int failing)
    {
        await using var machine = await StartAsync();
        var calls = 0;
        machine.Store.BeforeCall = (_, _) => ThrowIf(
            IsSwitched(machine, kind) && Interlocked.Increment(ref calls) == failing, failing % Faults.Length);

        Assert.That(async () => await CallAsync(machine, kind), Is.False, $"call {failing} fails once and is repeated");

        Assert.That(machine.Traffic.Current!.Revision, Is.EqualTo(Target(kind)));
        return Volatile.Read(ref calls) >= failing;
    }
}
