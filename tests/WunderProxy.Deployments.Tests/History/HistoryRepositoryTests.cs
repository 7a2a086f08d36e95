using System.Text;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.History;

[Parallelizable]
internal sealed class HistoryRepositoryTests
{
    private const string Prefix = "shop/web";

    private static readonly LaunchConfig A = TestConfigs.Of("r1", "a");
    private static readonly LaunchConfig B = TestConfigs.Of("r2", "b");
    private static readonly LaunchConfig C = TestConfigs.Of("r3", "c");

    private readonly ManualTimeProvider _clock = new();
    private InMemoryObjectStore _store = null!;

    [SetUp]
    public void MakeStore() => _store = new InMemoryObjectStore();

    [TearDown]
    public void CloseStore() => _store.Dispose();

    [Test]
    public async Task Deploy_appends_its_entry_and_then_writes_current()
    {
        List<string> writes = [];
        await AddAsync(A);
        _store.BeforeCall = (call, key) => writes.Add($"{call} {key}");

        var entry = await ApplyAsync(DeploymentIntent.Deploy(A, "me", _clock.GetUtcNow()));

        Assert.Multiple(async () =>
        {
            Assert.That(entry, Is.EqualTo(new HistoryEntry("r1", _clock.GetUtcNow(), "me", A.Hash.Value)));
            Assert.That((await LoadAsync()).Entries, Is.EqualTo(new[] { entry }));
            Assert.That(await CurrentAsync(), Is.EqualTo(A));
            Assert.That(
                writes.Where(call => call.StartsWith("copy ", StringComparison.Ordinal)
                    || call.EndsWith("put shop/web/history.json", StringComparison.Ordinal)),
                Is.EqualTo(new[] { $"put {Prefix}/history.json", $"copy {Prefix}/current.json" }));
        });
    }

    [Test]
    public async Task Deploy_of_the_last_entry_again_appends_nothing()
    {
        var first = await DeployAsync(A);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var second = await DeployAsync(A);

        Assert.Multiple(async () =>
        {
            Assert.That(second, Is.EqualTo(first));
            Assert.That((await LoadAsync()).Entries, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Deploy_of_the_last_entry_under_its_alias_appends_nothing()
    {
        _store.Seed(ObjectKey.LaunchConfig(Prefix, A.Alias.Value), A.Bytes.Span);
        _store.Seed(ObjectKey.History(Prefix), Encoding.UTF8.GetBytes(
            $$"""[{"Revision":"r1","DeployedAt":"2015-01-01T00:00:00Z","DeployedBy":"x","Hash":"{{A.Alias}}"}]"""));

        var entry = await DeployAsync(A);

        Assert.Multiple(async () =>
        {
            Assert.That(entry!.DeployedBy, Is.EqualTo("x"));
            Assert.That((await LoadAsync()).Entries, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Deploy_of_the_last_entry_while_another_is_in_service_appends()
    {
        await DeployAsync(A);
        _clock.Advance(TimeSpan.FromMinutes(1));

        await ApplyAsync(DeploymentIntent.Deploy(A, "me", _clock.GetUtcNow()) with { FromHash = B.Hash.Value });

        Assert.That((await LoadAsync()).Entries, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Deploy_of_the_last_entry_again_with_force_appends()
    {
        var forced = TestConfigs.Of("r1", "a", forceReload: true);
        await DeployAsync(forced);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await DeployAsync(forced);

        Assert.That((await LoadAsync()).Entries, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Deploy_twice_of_one_intent_has_the_effect_of_once()
    {
        await AddAsync(A);
        var intent = DeploymentIntent.Deploy(A, "me", _clock.GetUtcNow()) with { ForceReload = true };
        var first = await ApplyAsync(intent);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var second = await ApplyAsync(intent);

        Assert.Multiple(async () =>
        {
            Assert.That(second, Is.EqualTo(first));
            Assert.That((await LoadAsync()).Entries, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Times_ascend_even_when_the_clock_does_not()
    {
        _store.Seed(ObjectKey.History(Prefix), """[{"Revision":"r0","DeployedAt":"2030-01-01T00:00:00Z","DeployedBy":"x","Hash":"h"}]"""u8);

        var entry = await DeployAsync(A);

        Assert.That(entry!.DeployedAt, Is.EqualTo(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(1)));
    }

    [Test]
    public async Task Rollback_cuts_and_makes_the_target_current()
    {
        var target = await DeployAsync(A);
        await DeployAsync(B);
        await DeployAsync(C);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var entry = await ApplyAsync(DeploymentIntent.Rollback(target!, "me", _clock.GetUtcNow()));

        Assert.Multiple(async () =>
        {
            Assert.That(entry, Is.EqualTo(target));
            Assert.That((await LoadAsync()).Entries, Is.EqualTo(new[] { target }));
            Assert.That(await CurrentAsync(), Is.EqualTo(A));
        });
    }

    [Test]
    public async Task Rollback_leaves_whoever_deployed_after_it_was_asked_for()
    {
        var target = await DeployAsync(A);
        await DeployAsync(B);
        var asked = _clock.GetUtcNow().AddSeconds(1);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await DeployAsync(C);

        await ApplyAsync(DeploymentIntent.Rollback(target!, "me", asked));

        Assert.Multiple(async () =>
        {
            Assert.That((await LoadAsync()).Entries.Select(e => e.Revision), Is.EqualTo(new[] { "r1", "r3" }));
            Assert.That(await CurrentAsync(), Is.EqualTo(C));
        });
    }

    [Test]
    public async Task Withdrawal_takes_out_its_own_entry()
    {
        await DeployAsync(B);
        await DeployAsync(A);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var bad = DeploymentIntent.Deploy(B, "me", _clock.GetUtcNow());
        await ApplyAsync(bad);

        await ApplyAsync(DeploymentIntent.Withdraw(bad, "guard", _clock.GetUtcNow()));

        Assert.Multiple(async () =>
        {
            Assert.That((await LoadAsync()).Entries.Select(e => e.Revision), Is.EqualTo(new[] { "r2", "r1" }));
            Assert.That(await CurrentAsync(), Is.EqualTo(A));
        });
    }

    [Test]
    public async Task Withdrawal_of_a_deploy_that_added_nothing_takes_nothing_out()
    {
        await DeployAsync(A);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var again = DeploymentIntent.Deploy(A, "me", _clock.GetUtcNow());
        await ApplyAsync(again);

        await ApplyAsync(DeploymentIntent.Withdraw(again, "guard", _clock.GetUtcNow()));

        Assert.That((await LoadAsync()).Entries, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Write_whose_answer_was_lost_counts_as_done()
    {
        await AddAsync(A);
        var lost = 1;
        _store.AfterPut = key => key.EndsWith("history.json", StringComparison.Ordinal) && lost-- > 0
            ? PutOutcome.Unknown
            : PutOutcome.Stored;

        await ApplyPatientlyAsync(DeploymentIntent.Deploy(A, "me", _clock.GetUtcNow()));

        Assert.That((await LoadAsync()).Entries, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Entry_of_another_deployer_in_between_is_kept()
    {
        await AddAsync(A);
        await AddAsync(B);
        var isFirst = true;
        _store.BeforeCall = (call, key) =>
        {
            if (call == "put" && key.EndsWith("history.json", StringComparison.Ordinal) && isFirst)
            {
                isFirst = false;
                _store.Seed(key, Encoding.UTF8.GetBytes(
                    $$"""[{"Revision":"r2","DeployedAt":"2026-01-01T00:00:00Z","DeployedBy":"other","Hash":"{{B.Hash}}"}]"""));
            }
        };

        await ApplyPatientlyAsync(DeploymentIntent.Deploy(A, "me", _clock.GetUtcNow()));

        Assert.Multiple(async () =>
        {
            Assert.That((await LoadAsync()).Entries.Select(e => e.DeployedBy), Is.EqualTo(new[] { "other", "me" }));
            Assert.That(await CurrentAsync(), Is.EqualTo(A));
        });
    }

    [Test]
    public async Task Loser_of_five_tries_is_told_who_holds_the_history()
    {
        await AddAsync(A);
        var puts = 0;
        _store.BeforeCall = (call, key) =>
        {
            if (call == "put" && key.EndsWith("history.json", StringComparison.Ordinal))
            {
                puts++;
                _store.Seed(key, Encoding.UTF8.GetBytes(
                    $$"""[{"Revision":"r2","DeployedAt":"2026-01-01T00:00:0{{puts}}Z","DeployedBy":"eve","Hash":"h"}]"""));
            }
        };

        var thrown = await CatchAsync(ApplyPatientlyAsync(DeploymentIntent.Deploy(A, "me", _clock.GetUtcNow())));

        Assert.Multiple(async () =>
        {
            Assert.That(thrown, Is.InstanceOf<LeaseHeldException>().With.Property("Holder").EqualTo("eve"));
            Assert.That(puts, Is.EqualTo(HistoryRepository.MaxTries));
            Assert.That((await LoadAsync()).Entries.Select(e => e.DeployedBy), Is.EqualTo(new[] { "eve" }));
        });
    }

    [Test]
    public void History_that_is_none_is_never_overwritten()
    {
        _store.Seed(ObjectKey.History(Prefix), "oops"u8);

        Assert.Multiple(() =>
        {
            Assert.That(
                () => DeployAsync(A),
                Throws.InstanceOf<ObjectStoreException>()
                    .With.Property(nameof(ObjectStoreException.Fault)).EqualTo(ObjectStoreFault.Corrupt)
                    .And.Message.Contains("shop/web/history.json"));
            var kept = _store.GetAsync(ObjectKey.History(Prefix), CancellationToken.None).Result;
            Assert.That(kept!.Bytes.ToArray(), Is.EqualTo("oops"u8.ToArray()));
        });
    }

    [Test]
    public async Task Target_of_a_rollback_is_found_under_its_other_name()
    {
        _store.Seed(ObjectKey.LaunchConfig(Prefix, A.Alias.Value), A.Bytes.Span);
        _store.Seed(ObjectKey.History(Prefix), Encoding.UTF8.GetBytes(
            $$"""[{"Revision":"r1","DeployedAt":"2015-01-01T00:00:00Z","DeployedBy":"x","Hash":"{{A.Alias}}"}]"""));

        var repository = new HistoryRepository(_store, Prefix, _clock);
        var target = await repository.FindTargetAsync(A.Hash.Value, B, CancellationToken.None);

        Assert.That(target.Hash, Is.EqualTo(A.Alias.Value));
    }

    private static async Task<Exception?> CatchAsync(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (Exception exception) when (exception is not AssertionException)
        {
            return exception;
        }
    }

    private async Task AddAsync(LaunchConfig config) =>
        await new LaunchConfigRepository(_store, Prefix).AddAsync(config, CancellationToken.None);

    private async Task<HistoryEntry?> DeployAsync(LaunchConfig config)
    {
        await AddAsync(config);
        return await ApplyAsync(DeploymentIntent.Deploy(config, "me", _clock.GetUtcNow()));
    }

    private async Task<HistoryEntry?> ApplyAsync(DeploymentIntent intent)
    {
        var history = new HistoryRepository(_store, Prefix, _clock);
        await using var claim = await history.ClaimAsync(intent.By, CancellationToken.None);
        return await claim.ApplyAsync(intent, CancellationToken.None);
    }

    /// <summary>Applies with retries: the clock moves whenever they pause.</summary>
    private async Task ApplyPatientlyAsync(DeploymentIntent intent)
    {
        var applied = ApplyAsync(intent);
        while (!applied.IsCompleted)
        {
            await _clock.WaitForTimersAsync(work: applied);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await applied;
    }

    private Task<DeploymentHistory> LoadAsync() =>
        new HistoryRepository(_store, Prefix, _clock).LoadAsync(CancellationToken.None);

    private Task<LaunchConfig> CurrentAsync() =>
        new LaunchConfigRepository(_store, Prefix).LoadCurrentAsync(CancellationToken.None);
}
