using System.Security.Cryptography;
using System.Text;
using WunderProxy.Deployments.Acme.Sharing;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Acme;

/// <summary>Several instances that share through one store.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class SharedCertificateTests : IDisposable
{
    private const string CertificateKey = "apps/shop/acme/shop.example.test.pem";

    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryObjectStore _store = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly ScriptedAcmeServer _server;
    private readonly List<KeeperUnderTest> _instances = [];

    public SharedCertificateTests() => _server = new ScriptedAcmeServer(_clock);

    public void Dispose()
    {
        _instances.ForEach(instance => instance.Dispose());
        _server.Dispose();
        _directory.Dispose();
        _store.Dispose();
    }

    [Test]
    public async Task Second_instance_takes_over_what_the_first_ordered()
    {
        var (one, other) = (NewInstance("1"), NewInstance("2"));

        await one.LookAsync();
        await other.LookAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_server.CountOf("/order"), Is.EqualTo(1));
            Assert.That(other.Sink.Certificates[KeeperUnderTest.Host], Is.EqualTo(one.Sink.Certificates[KeeperUnderTest.Host]));
            Assert.That(File.ReadAllText(_directory.Under("2/acme/shop.example.test.pem")), Is.EqualTo(File.ReadAllText(_directory.Under("1/acme/shop.example.test.pem"))));
            Assert.That(_store.Keys, Has.None.Contain("lock"), "the lease is given back");
            Assert.That(_store.Keys, Has.None.Contain("challenge"), "the answer is withdrawn");
            Assert.That(_store.Keys, Has.All.StartsWith("apps/shop/acme/"));
        });
        foreach (var key in _store.Keys)
        {
            var stored = await _store.GetAsync(key, CancellationToken.None);
            Assert.That(Encoding.Latin1.GetString(stored!.Bytes.Span), Does.Not.Contain("PRIVATE"), key);
        }
    }

    [Test]
    public async Task Instance_that_finds_another_ordering_waits_and_orders_nothing()
    {
        var (one, other) = (NewInstance("1"), NewInstance("2"));
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        _server.Script = (path, _) =>
        {
            if (path == "/challenge/1" && reached.TrySetResult())
            {
                gate.Wait(TimeSpan.FromSeconds(30));
            }

            return null;
        };
        var ordering = one.LookAsync();
        await reached.Task;

        Assert.That(_store.Keys, Has.Some.StartsWith("apps/shop/acme.lock."));
        Assert.That(_store.Keys, Has.Some.EqualTo($"apps/shop/acme/challenge.{ScriptedAcmeServer.Token}"));
        Assert.That(await other.Keeper.FindSharedAnswerAsync(ScriptedAcmeServer.Token), Is.EqualTo(one.Sink.Published.Single().Answer));
        await other.LookAsync();
        Assert.That(other.View.Failures, Is.Zero, "waiting is no failure");
        Assert.That(other.View.NextTry - _clock.GetUtcNow(), Is.InRange(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));

        gate.Set();
        await ordering;
        _clock.Advance(TimeSpan.FromSeconds(10));
        await other.LookAsync();
        Assert.That(_server.CountOf("/order"), Is.EqualTo(1));
        Assert.That(other.Sink.Certificates[KeeperUnderTest.Host], Is.EqualTo(one.Sink.Certificates[KeeperUnderTest.Host]));
    }

    [Test]
    public async Task Instances_that_start_at_once_order_once()
    {
        using var server = new ScriptedAcmeServer(TimeProvider.System);
        var instances = Enumerable.Range(1, 5)
            .Select(number => new KeeperUnderTest(server, TimeProvider.System, _directory.Under($"{number}"), _store))
            .ToArray();
        _instances.AddRange(instances);

        while (Array.Exists(instances, instance => instance.View.ValidUntil is null))
        {
            await Task.WhenAll(instances.Select(instance => Task.Run(instance.LookAsync)));
            Assert.That(instances.Select(instance => instance.View.LastError), Has.All.Null);
        }

        Assert.That(server.CountOf("/order"), Is.EqualTo(1));
        Assert.That(server.CountOf("/account"), Is.EqualTo(1));
        Assert.That(instances.Select(instance => instance.Sink.Certificates[KeeperUnderTest.Host]).Distinct().Count(), Is.EqualTo(1));
        Assert.That(_store.Keys, Has.None.Contain("lock"));
    }

    [Test]
    public async Task Renewal_by_one_reaches_the_others_without_another_order()
    {
        var (one, other) = (NewInstance("1"), NewInstance("2"));
        await one.LookAsync();
        await other.LookAsync();

        _clock.Advance(TimeSpan.FromDays(61));
        await other.LookAsync();
        await one.LookAsync();

        Assert.That(_server.CountOf("/order"), Is.EqualTo(2));
        Assert.That(_server.CountOf("/account"), Is.EqualTo(1), "both use one account");
        Assert.That(one.Sink.Certificates[KeeperUnderTest.Host], Is.EqualTo(other.Sink.Certificates[KeeperUnderTest.Host]));
    }

    [Test]
    public async Task Newer_certificate_is_taken_over_even_if_it_ends_earlier()
    {
        var (one, other) = (NewInstance("1"), NewInstance("2"));
        await one.LookAsync();
        await other.LookAsync();

        // As when all certificates are revoked and the authority issues shorter ones from now on.
        _server.Life = TimeSpan.FromDays(6);
        _clock.Advance(TimeSpan.FromHours(1));
        one.Managed.RenewAt = _clock.GetUtcNow();
        await one.LookAsync();
        await other.LookAsync();
        await one.LookAsync();

        Assert.That(_server.CountOf("/order"), Is.EqualTo(2), "the old one does not come back, to be renewed again");
        Assert.That(one.View.ValidUntil, Is.EqualTo(_clock.GetUtcNow().AddDays(6)).Within(TimeSpan.FromSeconds(1)));
        Assert.That(other.Sink.Certificates[KeeperUnderTest.Host], Is.EqualTo(one.Sink.Certificates[KeeperUnderTest.Host]));
    }

    [Test]
    public async Task Expired_certificate_of_the_store_replaces_none_that_is_valid()
    {
        var (one, other) = (NewInstance("1"), NewInstance("2"));
        await one.LookAsync();
        await other.LookAsync();
        _server.Life = TimeSpan.FromDays(6);
        _clock.Advance(TimeSpan.FromHours(1));
        one.Managed.RenewAt = _clock.GetUtcNow();
        await one.LookAsync();

        _clock.Advance(TimeSpan.FromDays(7));
        await other.LookAsync();

        Assert.That(other.Sink.Uses, Is.EqualTo(1));
        Assert.That(other.View.LastError, Is.Null);
    }

    [Test]
    public async Task Certificate_of_another_server_in_the_store_is_replaced_by_an_instance_that_has_none()
    {
        using var staging = new ScriptedAcmeServer(_clock) { Life = TimeSpan.FromDays(365) };
        var before = new KeeperUnderTest(staging, _clock, _directory.Under("staging"), _store);
        _instances.Add(before);
        await before.LookAsync();

        var (one, other) = (NewInstance("1"), NewInstance("2"));
        await one.LookAsync();
        await other.LookAsync();

        Assert.That(one.View.LastError, Is.Null);
        Assert.That(_server.CountOf("/order"), Is.EqualTo(1));
        Assert.That(other.Sink.Certificates[KeeperUnderTest.Host], Is.EqualTo(one.Sink.Certificates[KeeperUnderTest.Host]));
    }

    [Test]
    public async Task Instance_that_the_server_sent_away_takes_over_what_another_gets_and_orders_nothing()
    {
        _server.Script = (path, response) =>
        {
            if (path != "/order")
            {
                return null;
            }

            response.Headers["Retry-After"] = "172800";
            return ScriptedAcmeServer.Problem(429, "rateLimited", "too many");
        };
        var (one, other) = (NewInstance("1"), NewInstance("2"));
        await one.LookAsync();
        Assert.That(one.Managed.NextLook - _clock.GetUtcNow(), Is.InRange(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)));
        await one.LookInPauseAsync();
        Assert.That(one.View.Failures, Is.EqualTo(1), "looking is no order");
        Assert.That(one.View.NextTry, Is.EqualTo(_clock.GetUtcNow().AddDays(2)));
        Assert.That(_server.CountOf("/order"), Is.EqualTo(1));

        _server.Script = (_, _) => null;
        await other.LookAsync();
        await one.LookInPauseAsync();

        Assert.That(one.Sink.Certificates[KeeperUnderTest.Host], Is.EqualTo(other.Sink.Certificates[KeeperUnderTest.Host]));
        Assert.That(_server.CountOf("/order"), Is.EqualTo(2));
        Assert.That(one.View.Failures, Is.Zero);
    }

    [Test]
    public async Task Store_that_fails_in_a_pause_changes_nothing()
    {
        _server.Script = (path, _) => path == "/order" ? ScriptedAcmeServer.Problem(403, "caa", "no") : null;
        var instance = NewInstance("1");
        await instance.LookAsync();
        _store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");

        await instance.LookInPauseAsync();

        Assert.That(instance.View.Failures, Is.EqualTo(1));
        Assert.That(instance.View.LastError, Does.Contain("caa"));
    }

    [Test]
    public async Task Damaged_documents_are_put_aside_with_a_warning_and_made_anew()
    {
        await NewInstance("1").LookAsync();
        foreach (var key in _store.Keys)
        {
            _store.Seed(key, "rubbish"u8);
        }

        var other = NewInstance("2");
        await other.LookAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_server.CountOf("/order"), Is.EqualTo(2));
            Assert.That(_store.Keys.Count(key => key.Contains(".rejected-", StringComparison.Ordinal)), Is.EqualTo(2));
            Assert.That(other.Warnings, Does.Contain("was put aside as apps/shop/acme/shop.example.test.pem.rejected-"));
            Assert.That(other.ForAnybody, Does.Contain("a shared document").And.Not.Contain("apps/shop"));
        });
    }

    [Test]
    public async Task Documents_of_another_key_are_left_alone_with_a_warning()
    {
        await NewInstance("1").LookAsync();
        var before = await _store.GetAsync(CertificateKey, CancellationToken.None);

        var other = NewInstance("2", secret: RandomNumberGenerator.GetBytes(32));
        await other.LookAsync();

        Assert.That((await _store.GetAsync(CertificateKey, CancellationToken.None))!.Bytes.ToArray(), Is.EqualTo(before!.Bytes.ToArray()));
        Assert.That(other.Warnings, Does.Contain("sealed with another key than that of --acme-key-file").And.Contain(CertificateKey));
        Assert.That(other.View.LastError, Does.Contain("another key").And.Contain(CertificateKey));
        Assert.That(other.ForAnybody, Does.Contain("another key").And.Not.Contain("apps/shop"));
    }

    [TestCase("*.pem")]
    [TestCase("*.json")]
    public async Task Forged_key_id_in_the_store_stops_no_order_for_ever(string which)
    {
        await NewInstance("1").LookAsync();
        var ending = which[1..];
        foreach (var key in _store.Keys.ToArray())
        {
            if (!key.EndsWith(ending, StringComparison.Ordinal))
            {
                await _store.DeleteAsync(key, CancellationToken.None);
                continue;
            }

            var forged = (await _store.GetAsync(key, CancellationToken.None))!.Bytes.ToArray();
            forged["WPSEAL1\n".Length] ^= 1;
            _store.Seed(key, forged);
        }

        var forgedKey = _store.Keys.Single();
        var before = (await _store.GetAsync(forgedKey, CancellationToken.None))!.Bytes.ToArray();
        var other = NewInstance("2");
        for (var tries = 0; tries < 3; tries++)
        {
            await other.LookAsync();
            Assert.That(other.View.LastError, Does.Contain("another key"));
        }

        await other.LookAsync();

        Assert.Multiple(() =>
        {
            Assert.That(other.Sink.Uses, Is.EqualTo(1));
            Assert.That(other.View.LastError, Is.Null);
            Assert.That(other.Warnings, Does.Contain("sealed with another key than that of --acme-key-file"));
            Assert.That(_store.Keys, Has.None.Contain("lock").And.None.Contain("challenge"));
        });
        await other.LookAsync();
        Assert.That(_server.CountOf("/order"), Is.EqualTo(2));
        Assert.That((await _store.GetAsync(forgedKey, CancellationToken.None))!.Bytes.ToArray(), Is.EqualTo(before), "left alone");
        Assert.That(other.View.LastError, Is.Null, "what is not due needs nothing from the store");
    }

    [Test]
    public async Task Store_that_may_only_be_read_leaves_the_instance_alone_with_a_warning()
    {
        _store.BeforeCall = (call, key) =>
        {
            if (call is "put" or "delete")
            {
                throw new ObjectStoreException(ObjectStoreFault.Denied, "no right to write") { IsWriteDenied = true };
            }
        };
        var instance = NewInstance("1");

        await instance.LookAsync();

        Assert.That(instance.Sink.Uses, Is.EqualTo(1));
        Assert.That(instance.Keeper.Snapshot().Shared, Is.False);
        Assert.That(instance.Warnings, Does.Contain("not shared with other instances, because the store may not be written"));
    }

    [Test]
    public async Task Store_that_refused_to_be_written_is_shared_with_again_after_an_hour()
    {
        _store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Denied, "RequestTimeTooSkewed");
        var instance = NewInstance("1");
        await instance.LookAsync();
        _store.BeforeCall = null;
        _clock.Advance(TimeSpan.FromMinutes(59));
        await instance.LookAsync();
        Assert.That(instance.Keeper.Snapshot().Shared, Is.False);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await instance.LookAsync();

        Assert.That(instance.Keeper.Snapshot().Shared);
        Assert.That(_store.Keys, Has.Some.EqualTo(CertificateKey));
        Assert.That(instance.Warnings, Does.Not.Contain("not shared"));
        Assert.That(_server.CountOf("/order"), Is.EqualTo(1));
    }

    [Test]
    public async Task Store_that_is_away_delays_the_first_order_and_then_no_longer()
    {
        _store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");
        var instance = NewInstance("1");
        for (var i = 0; i < 3; i++)
        {
            await instance.LookAsync();
            Assert.That(instance.View.LastError, Does.Contain("away"));
        }

        await instance.LookAsync();

        Assert.That(instance.Sink.Uses, Is.EqualTo(1));
        _store.BeforeCall = null;
        _clock.Advance(TimeSpan.FromHours(1));
        await instance.LookAsync();
        Assert.That(_store.Keys, Has.Some.EqualTo(CertificateKey), "shared when the store is back");
    }

    [Test]
    public async Task Without_a_key_nothing_is_shared_with_a_warning()
    {
        var instance = NewInstance("1", hasKey: false);

        await instance.LookAsync();

        Assert.That(_store.Keys, Is.Empty);
        Assert.That(instance.Warnings, Does.Contain("--acme-key-file"));
        Assert.That(await instance.Keeper.FindSharedAnswerAsync(ScriptedAcmeServer.Token), Is.Null);
    }

    [Test]
    public async Task Unknown_tokens_cost_at_most_five_calls_a_second_and_misses_are_remembered()
    {
        var instance = NewInstance("1");
        var calls = 0;
        _store.BeforeCall = (_, _) => Interlocked.Increment(ref calls);

        Task<string?> Ask(int number) => instance.Keeper.FindSharedAnswerAsync($"token-of-a-stranger-{number:000}");
        var inTime = Enumerable.Range(0, 5).Select(Ask).ToArray();
        Assert.That(await Task.WhenAll(inTime), Has.All.Null);
        var waiting = Enumerable.Range(5, 95).Select(Ask).ToArray();
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1));
        Assert.That(calls, Is.EqualTo(5));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await Task.WhenAll(waiting), Has.All.Null);
        Assert.That(calls, Is.EqualTo(6), "one listing for all");
        await Ask(0);
        Assert.That(calls, Is.EqualTo(6), "a miss is remembered");
    }

    [Test]
    public async Task Answer_is_found_while_strangers_ask_for_others()
    {
        var instance = NewInstance("1");
        var name = $"challenge.{ScriptedAcmeServer.Token}";
        var strangers = Enumerable.Range(0, 100)
            .Select(number => instance.Keeper.FindSharedAnswerAsync($"token-of-a-stranger-{number:000}")).ToArray();
        await strangers[4];
        _store.Seed($"apps/shop/acme/{name}", new SealingKey(KeeperUnderTest.Secret).Seal(name, "answer"u8));

        var asking = instance.Keeper.FindSharedAnswerAsync(ScriptedAcmeServer.Token);
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(1), asking);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That(await asking, Is.EqualTo("answer"));
        Assert.That(await Task.WhenAll(strangers), Has.All.Null);
    }

    [Test]
    public async Task Several_requests_for_one_token_wait_for_one_read()
    {
        var instance = NewInstance("1");
        var reads = 0;
        _store.Gate = new TaskCompletionSource();
        _store.BeforeCall = (_, _) => Interlocked.Increment(ref reads);
        var key = new SealingKey(KeeperUnderTest.Secret);
        _store.Seed($"apps/shop/acme/challenge.{ScriptedAcmeServer.Token}", key.Seal($"challenge.{ScriptedAcmeServer.Token}", "answer"u8));

        var asking = Enumerable.Range(0, 5).Select(_ => instance.Keeper.FindSharedAnswerAsync(ScriptedAcmeServer.Token)).ToArray();
        _store.Gate.SetResult();

        Assert.That(await Task.WhenAll(asking), Has.All.EqualTo("answer"));
        Assert.That(reads, Is.EqualTo(1));
    }

    private KeeperUnderTest NewInstance(string name, byte[]? secret = null, bool hasKey = true)
    {
        var instance = new KeeperUnderTest(_server, _clock, _directory.Under(name), _store, secret, hasKey);
        _instances.Add(instance);
        return instance;
    }
}
