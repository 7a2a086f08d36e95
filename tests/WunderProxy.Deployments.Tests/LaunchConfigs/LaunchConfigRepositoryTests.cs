using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

[Parallelizable]
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
    public async Task Question_for_an_unknown_config_is_cheap_the_second_time()
    {
        SeedMany(20);
        List<string> calls = [];
        await AssertUnknownAsync('a');
        _store.BeforeCall = (call, key) => calls.Add($"{call} {key}");

        await AssertUnknownAsync('b');
        await AssertUnknownAsync('c');

        Assert.That(
            calls, Is.EqualTo(new[] { 'b', 'c' }.Select(c => $"get p/container.{new string(c, 64)}.json")));
    }

    [Test]
    public async Task Many_questions_at_once_make_one_search()
    {
        SeedMany(20);
        var lists = 0;
        _store.BeforeCall = (call, _) => lists += call == "list" ? 1 : 0;

        await Task.WhenAll("0123456789abcdef".Select(AssertUnknownAsync));

        Assert.That(lists, Is.EqualTo(1));
    }

    [Test]
    public async Task Miss_is_forgotten_after_its_life_and_at_once_by_callers_with_rights()
    {
        var clock = new ManualTimeProvider();
        var configs = new LaunchConfigRepository(_store, "p", clock);
        var other = TestConfigs.Of("r2");
        await AssertUnknownAsync(configs, Config.Alias);
        _store.Seed($"p/container.{Config.Hash}.json", Config.Bytes.Span);
        _store.Seed($"p/container.{other.Hash}.json", other.Bytes.Span);

        await AssertUnknownAsync(configs, Config.Alias);
        var withRights = await configs.LoadAsync(other.Alias, CancellationToken.None);
        clock.Advance(LaunchConfigRepository.MissLife + TimeSpan.FromSeconds(1));
        var later = await configs.LoadAsync(Config.Alias, LaunchConfigRepository.MissLife, CancellationToken.None);

        Assert.That((withRights, later), Is.EqualTo((other, Config)));
    }

    [Test]
    public async Task Config_that_we_stored_is_found_by_its_alias_in_spite_of_a_miss()
    {
        await AssertUnknownAsync(_configs, Config.Alias);

        await _configs.AddAsync(Config, CancellationToken.None);

        Assert.That(
            await _configs.LoadAsync(Config.Alias, LaunchConfigRepository.MissLife, CancellationToken.None), Is.EqualTo(Config));
    }

    [Test]
    public void Config_that_is_too_large_is_invalid()
    {
        var hash = new string('a', 64);
        _store.Seed($"p/container.{hash}.json", new byte[DocumentLimits.LaunchConfig + 1]);

        Assert.That(
            () => _configs.LoadAsync(LaunchConfigReference.Parse(hash), CancellationToken.None),
            Throws.InstanceOf<InvalidLaunchConfigException>().With.Message.Contains("more than 1 MiB"));
    }

    [Test]
    public void Config_that_could_not_be_read_again_is_not_stored()
    {
        var bytes = new byte[DocumentLimits.LaunchConfig + 1];
        bytes.AsSpan().Fill((byte)' ');
        Config.Bytes.CopyTo(bytes);

        Assert.That(
            () => _configs.AddAsync(bytes, CancellationToken.None),
            Throws.InstanceOf<InvalidLaunchConfigException>().With.Message.Contains("more than 1 MiB"));
        Assert.That(_store.Keys, Is.Empty);
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

    private void SeedMany(int count)
    {
        foreach (var i in Enumerable.Range(0, count))
        {
            var config = TestConfigs.Of($"old{i}");
            _store.Seed($"p/container.{config.Alias}.json", config.Bytes.Span);
        }
    }

    private Task AssertUnknownAsync(char digit) =>
        AssertUnknownAsync(_configs, LaunchConfigReference.Parse(new string(digit, LaunchConfigHash.Length)));

    private static async Task AssertUnknownAsync(LaunchConfigRepository configs, LaunchConfigReference reference)
    {
        try
        {
            await configs.LoadAsync(reference, LaunchConfigRepository.MissLife, CancellationToken.None);
        }
        catch (LaunchConfigNotFoundException)
        {
            return;
        }

        Assert.Fail($"{reference} was found");
    }
}
