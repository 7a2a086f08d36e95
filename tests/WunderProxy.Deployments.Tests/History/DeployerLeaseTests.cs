using System.Text;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.History;

[Parallelizable]
internal sealed class DeployerLeaseTests
{
    private const string Prefix = "p";

    private readonly ManualTimeProvider _clock = new();
    private InMemoryObjectStore _store = null!;

    [SetUp]
    public void MakeStore() => _store = new InMemoryObjectStore { Conditions = ConditionSupport.Refused };

    [TearDown]
    public void CloseStore() => _store.Dispose();

    [TestCase("{")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("\0\u0001")]
    public async Task Object_that_is_no_claim_keeps_nobody_away(string text)
    {
        _store.Seed("p/lock.0.json", Encoding.UTF8.GetBytes(text));
        _store.Seed("p/lock.1.json", new byte[DocumentLimits.Lease + 1]);

        await using var lease = await TakeAsync("half \ud83d");

        Assert.That(() => lease.ThrowIfLost(), Throws.Nothing);
    }

    [Test]
    public async Task Lease_leaves_nothing_behind()
    {
        await using (await TakeAsync("me"))
        {
            Assert.That(_store.Keys, Has.One.StartsWith("p/lock."));
        }

        Assert.That(_store.Keys, Is.Empty);
    }

    [Test]
    public async Task Second_deployer_is_told_who_holds_it()
    {
        await using var first = await TakeAsync("alice");

        var thrown = await Assert.ThrowsAsync<LeaseHeldException>(() => TakeAsync("bob"));

        Assert.Multiple(() =>
        {
            Assert.That(thrown!.Holder, Is.EqualTo("alice"));
            Assert.That(thrown.Message, Does.Contain("alice").And.Contain(Environment.MachineName));
            Assert.That(_store.Keys, Has.Count.EqualTo(1), "the loser's claim is gone");
        });
    }

    [Test]
    public async Task Lease_of_a_dead_deployer_expires()
    {
        Seed("dead", at: _clock.GetUtcNow().AddSeconds(-61), expires: _clock.GetUtcNow().AddSeconds(-1));

        await using var lease = await TakeAsync("me");

        Assert.That(() => lease.ThrowIfLost(), Throws.Nothing);
    }

    [Test]
    public async Task Leases_long_expired_are_cleared_away()
    {
        Seed("dead", at: _clock.GetUtcNow().AddMinutes(-5), expires: _clock.GetUtcNow().AddMinutes(-4));

        await using var lease = await TakeAsync("me");

        Assert.That(_store.Keys, Has.None.Contains("dead"));
    }

    [Test]
    public async Task Lease_is_renewed_while_it_is_held()
    {
        await using var lease = await TakeAsync("me");

        for (var i = 0; i < 10; i++)
        {
            var before = await OwnAsync();
            _clock.Advance(TimeSpan.FromSeconds(20));

            // A renewal is written before it waits for the next.
            await _clock.WaitForTimersAsync();
            Assert.That(await OwnAsync(), Is.Not.EqualTo(before));
        }

        Assert.That(() => lease.ThrowIfLost(), Throws.Nothing);
    }

    [Test]
    public async Task Lease_that_could_not_be_renewed_is_lost()
    {
        await using var lease = await TakeAsync("me");
        _store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");

        _clock.Advance(TimeSpan.FromSeconds(61));

        Assert.That(() => lease.ThrowIfLost(), Throws.InstanceOf<LeaseHeldException>());
    }

    [Test]
    public async Task Deployer_who_has_announced_is_waited_for()
    {
        Seed("other", at: null, expires: _clock.GetUtcNow().AddSeconds(60));

        var taking = TakeAsync("me");
        await _clock.WaitForTimersAsync(work: taking);
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        var waited = !taking.IsCompleted;
        await _store.DeleteAsync("p/lock.other.json", CancellationToken.None);

        // Longer than it pauses between two looks.
        _clock.Advance(TimeSpan.FromSeconds(1));
        await using var lease = await taking.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.That(waited, Is.True);
    }

    [Test]
    public async Task Of_many_at_once_never_two_hold_it([Range(1, 5)] int round)
    {
        var holders = 0;
        var won = 0;
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            for (var turn = 0; turn < 5; turn++)
            {
                try
                {
                    await using var lease = await DeployerLease.TakeAsync(
                        _store, Prefix, $"d{i}.{round}", TimeProvider.System, CancellationToken.None);
                    Assert.That(Interlocked.Increment(ref holders), Is.EqualTo(1));
                    await Task.Yield();
                    Interlocked.Decrement(ref holders);
                    Interlocked.Increment(ref won);
                }
                catch (LeaseHeldException)
                {
                    // As it should be: somebody else has it.
                }
            }
        }));

        Assert.That(won, Is.Positive);
    }

    private Task<DeployerLease> TakeAsync(string by) =>
        DeployerLease.TakeAsync(_store, Prefix, by, _clock, CancellationToken.None);

    private async Task<string> OwnAsync() =>
        Encoding.UTF8.GetString((await _store.GetAsync(_store.Keys[0], CancellationToken.None))!.Bytes.Span);

    private void Seed(string id, DateTimeOffset? at, DateTimeOffset expires)
    {
        var time = at is { } known ? $"\"{known:O}\"" : "null";
        _store.Seed(ObjectKey.Lock(Prefix, id), Encoding.UTF8.GetBytes(
            $$"""{"Id":"{{id}}","By":"{{id}}","Host":"h","At":{{time}},"Expires":"{{expires:O}}"}"""));
    }
}
