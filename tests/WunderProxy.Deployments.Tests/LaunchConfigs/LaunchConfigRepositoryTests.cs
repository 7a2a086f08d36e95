using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

[TestFixture]
internal sealed class LaunchConfigRepositoryTests
{
    private static readonly LaunchConfig Config = TestConfigs.Of("r1");

    private InMemoryObjectStore _store = null!;
    private LaunchConfigRepository _configs = null!;

    [SetUp]
    public void MakeStore()
    {
        _store = new InMemoryObjectStore();
        _configs = new LaunchConfigRepository(_store, "p");
    }

    [TearDown]
    public void CloseStore() => _store.Dispose();

    [TestCase(ConditionSupport.Kept)]
    [TestCase(ConditionSupport.Refused)]
    [TestCase(ConditionSupport.Ignored)]
    public async Task Add_stores_the_exact_bytes_under_their_sha256(ConditionSupport conditions)
    {
        using var store = new InMemoryObjectStore { Conditions = conditions };
        var configs = new LaunchConfigRepository(store, "p");

        await configs.AddAsync(Config.Bytes, CancellationToken.None);
        var again = await configs.AddAsync(Config.Bytes, CancellationToken.None);

        var loaded = await configs.LoadAsync(Config.Hash, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(store.Keys, Is.EqualTo(new[] { $"p/container.{Config.Hash}.json" }));
            Assert.That(loaded.Bytes.ToArray(), Is.EqualTo(Config.Bytes.ToArray()));
            Assert.That(again, Is.EqualTo(Config));
        });
    }

    [Test]
    public async Task Config_of_the_old_tool_is_found_by_both_names()
    {
        _store.Seed($"p/container.{Config.Alias}.json", Config.Bytes.Span);

        Assert.Multiple(async () =>
        {
            Assert.That(await _configs.LoadAsync(Config.Alias, CancellationToken.None), Is.EqualTo(Config));
            Assert.That(await _configs.LoadAsync(Config.Hash, CancellationToken.None), Is.EqualTo(Config));
        });
        await Task.CompletedTask;
    }

    [Test]
    public async Task Config_of_today_is_found_by_its_alias()
    {
        await _configs.AddAsync(TestConfigs.Of("r2"), CancellationToken.None);
        await _configs.AddAsync(Config, CancellationToken.None);

        Assert.That(await _configs.LoadAsync(Config.Alias, CancellationToken.None), Is.EqualTo(Config));
    }

    [Test]
    public void Config_that_is_not_there_is_named_with_its_place() =>
        Assert.That(
            () => _configs.LoadAsync(Config.Hash, CancellationToken.None),
            Throws.InstanceOf<LaunchConfigNotFoundException>()
                .With.Message.EqualTo($"launch config {Config.Hash} is not in memory store, p"));

    [Test]
    public void Bytes_that_do_not_match_are_refused_by_both_names()
    {
        var other = TestConfigs.Of("r2");
        _store.Seed($"p/container.{Config.Alias}.json", other.Bytes.Span);

        Assert.That(
            () => _configs.LoadAsync(Config.Alias, CancellationToken.None),
            Throws.InstanceOf<HashMismatchException>()
                .With.Message.Contains(Config.Alias.Value).And.Message.Contains(other.Alias.Value));
    }

    [Test]
    public void Add_over_other_bytes_of_the_same_name_is_refused()
    {
        _store.Seed($"p/container.{Config.Hash}.json", "{}"u8);

        Assert.That(
            () => _configs.AddAsync(Config, CancellationToken.None), Throws.InstanceOf<HashMismatchException>());
    }

    [Test]
    public async Task Current_is_what_current_json_holds()
    {
        var before = await _configs.FindCurrentAsync(CancellationToken.None);
        _store.Seed("p/current.json", Config.Bytes.Span);

        var after = await _configs.LoadCurrentAsync(CancellationToken.None);

        Assert.That((before, after), Is.EqualTo(((LaunchConfig?)null, Config)));
    }

    [Test]
    public void Current_of_nothing_deployed_is_not_found() =>
        Assert.That(
            () => _configs.LoadCurrentAsync(CancellationToken.None),
            Throws.InstanceOf<LaunchConfigNotFoundException>());

    [TestCase("p", "p/current.json")]
    [TestCase("a/b/", "a/b/current.json")]
    [TestCase("", "current.json")]
    public void Keys_begin_with_the_prefix(string prefix, string key) =>
        Assert.That(ObjectKey.Current(prefix), Is.EqualTo(key));
}
