using System.Security.Cryptography;
using System.Text;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>What every store promises. Each kind of store has a fixture that opens one.</summary>
internal abstract class ObjectStoreContract
{
    private string _prefix = "";

    /// <summary>Whether conditions on writes are kept; else they are refused.</summary>
    protected virtual bool KeepsConditions => true;

    protected IObjectStore Store { get; private set; } = null!;

    [SetUp]
    public void OpenStore()
    {
        Store = Open();
        _prefix = "contract-" + Guid.NewGuid().ToString("n")[..12];
    }

    [TearDown]
    public async Task CloseStore()
    {
        foreach (var folder in new[] { "/", "/a/", "/events/" })
        {
            foreach (var key in await Store.ListAsync(_prefix + folder, CancellationToken.None))
            {
                await Store.DeleteAsync(key, CancellationToken.None);
            }
        }

        Store.Dispose();
    }

    [Test]
    public async Task Get_of_a_key_that_was_never_written_is_null() =>
        Assert.That(await GetAsync("nothing.json"), Is.Null);

    [TestCase("plain.json")]
    [TestCase("a/b c+ü%2F.json")]
    [TestCase("container.0123456789abcdef0123456789abcdef.json")]
    public async Task Put_then_get_gives_the_same_bytes(string name)
    {
        var bytes = RandomNumberGenerator.GetBytes(10_000);

        var outcome = await PutAsync(name, bytes, PutCondition.None);
        var read = await GetAsync(name);

        Assert.Multiple(() =>
        {
            Assert.That(outcome, Is.EqualTo(PutOutcome.Stored));
            Assert.That(read!.Bytes.ToArray(), Is.EqualTo(bytes));
            Assert.That(read.ETag, Is.Not.Empty.And.Not.Contains("\""));
        });
    }

    [Test]
    public async Task Put_of_no_bytes_is_an_empty_object()
    {
        await PutAsync("empty", [], PutCondition.None);

        Assert.That((await GetAsync("empty"))!.Bytes.Length, Is.Zero);
    }

    [Test]
    public async Task ETag_changes_with_the_content()
    {
        await PutAsync("x", "1", PutCondition.None);
        var first = (await GetAsync("x"))!.ETag;
        await PutAsync("x", "2", PutCondition.None);

        Assert.That((await GetAsync("x"))!.ETag, Is.Not.EqualTo(first));
    }

    [Test]
    public async Task Put_if_absent_writes_once()
    {
        var first = await PutAsync("x", "1", PutCondition.IfAbsent);
        var second = await PutAsync("x", "2", PutCondition.IfAbsent);
        var content = await ReadTextAsync("x");

        Assert.That((first, second, content), Is.EqualTo(KeepsConditions
            ? (PutOutcome.Stored, PutOutcome.PreconditionFailed, "1")
            : (PutOutcome.NotSupported, PutOutcome.NotSupported, null)));
    }

    [Test]
    public async Task Put_if_match_writes_only_over_what_was_read()
    {
        await PutAsync("x", "1", PutCondition.None);
        var etag = (await GetAsync("x"))!.ETag;

        var first = await PutAsync("x", "2", PutCondition.IfMatch(etag));
        var second = await PutAsync("x", "3", PutCondition.IfMatch(etag));
        var content = await ReadTextAsync("x");

        Assert.That((first, second, content), Is.EqualTo(KeepsConditions
            ? (PutOutcome.Stored, PutOutcome.PreconditionFailed, "2")
            : (PutOutcome.NotSupported, PutOutcome.NotSupported, "1")));
    }

    [Test]
    public async Task Put_if_match_over_a_deleted_object_writes_nothing()
    {
        await PutAsync("x", "1", PutCondition.None);
        var etag = (await GetAsync("x"))!.ETag;
        await Store.DeleteAsync(Key("x"), CancellationToken.None);

        var outcome = await PutAsync("x", "2", PutCondition.IfMatch(etag));

        Assert.That((outcome, await ReadTextAsync("x")), Is.EqualTo(
            (KeepsConditions ? PutOutcome.PreconditionFailed : PutOutcome.NotSupported, (string?)null)));
    }

    [Test]
    public async Task Probe_tells_whether_conditions_are_kept() =>
        Assert.That(
            await ConditionalWriteProbe.RunAsync(Store, _prefix, CancellationToken.None), Is.EqualTo(KeepsConditions));

    [Test]
    public async Task Copy_replaces_the_destination()
    {
        await PutAsync("from", "new", PutCondition.None);
        await PutAsync("to", "old", PutCondition.None);

        var copied = await Store.CopyAsync(Key("from"), Key("to"), CancellationToken.None);

        Assert.That((copied, await ReadTextAsync("to")), Is.EqualTo((true, "new")));
    }

    [Test]
    public async Task Copy_of_nothing_says_so_and_leaves_the_destination()
    {
        await PutAsync("to", "old", PutCondition.None);

        var copied = await Store.CopyAsync(Key("from"), Key("to"), CancellationToken.None);

        Assert.That((copied, await ReadTextAsync("to")), Is.EqualTo((false, "old")));
    }

    [Test]
    public async Task List_gives_the_keys_of_a_prefix_in_order_and_of_no_folder_below()
    {
        foreach (var name in new[] { "events/b.json", "events/a.json", "events.json", "eventful", "x" })
        {
            await PutAsync(name, "{}", PutCondition.None);
        }

        Assert.Multiple(async () =>
        {
            Assert.That(await ListAsync("events/"), Is.EqualTo(new[] { "events/a.json", "events/b.json" }));
            Assert.That(await ListAsync("event"), Is.EqualTo(new[] { "eventful", "events.json" }));
            Assert.That(
                await Store.ListAsync(Key("events/"), Key("events/a.json"), CancellationToken.None),
                Is.EqualTo(new[] { Key("events/b.json") }));
            Assert.That(await ListAsync("nothing/"), Is.Empty);
        });
    }

    [Test]
    public async Task Delete_removes_and_may_be_repeated()
    {
        await PutAsync("x", "1", PutCondition.None);

        await Store.DeleteAsync(Key("x"), CancellationToken.None);
        await Store.DeleteAsync(Key("x"), CancellationToken.None);

        Assert.That(await GetAsync("x"), Is.Null);
    }

    [Test]
    public async Task Open_read_streams_the_bytes_and_knows_their_number()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        await PutAsync("image.tar", bytes, PutCondition.None);

        await using var content = await Store.OpenReadAsync(Key("image.tar"), CancellationToken.None);
        using var read = new MemoryStream();
        await content!.Content.CopyToAsync(read);

        Assert.Multiple(async () =>
        {
            Assert.That(content.LengthBytes, Is.EqualTo(bytes.Length));
            Assert.That(read.ToArray(), Is.EqualTo(bytes));
            Assert.That(await Store.OpenReadAsync(Key("no"), CancellationToken.None), Is.Null);
        });
    }

    [Test]
    public async Task Document_beyond_its_limit_is_refused_by_name()
    {
        await PutAsync("history.json", new byte[DocumentLimits.History], PutCondition.None);
        await PutAsync("x", new byte[DocumentLimits.LaunchConfig + 1], PutCondition.None);
        await PutAsync("events/x", new byte[DocumentLimits.Event + 1], PutCondition.None);

        Assert.Multiple(async () =>
        {
            Assert.That((await GetAsync("history.json"))!.Bytes.Length, Is.EqualTo(DocumentLimits.History));
            Assert.That(() => GetAsync("x"), Throws.InstanceOf<ObjectStoreException>()
                .With.Property("Fault").EqualTo(ObjectStoreFault.TooLarge).And.Message.Contains("more than 1 MiB"));
            Assert.That(() => GetAsync("events/x"), Throws.InstanceOf<ObjectStoreException>()
                .With.Property("Fault").EqualTo(ObjectStoreFault.TooLarge).And.Message.Contains("events/x"));
        });
    }

    [Test]
    public async Task Demand_for_the_right_to_write_writes_nothing()
    {
        await ConditionalWriteProbe.DemandWritableAsync(Store, _prefix, CancellationToken.None);

        Assert.That(await ListAsync(""), Is.Empty);
    }

    [Test]
    public async Task Reader_beside_writers_never_sees_a_torn_object()
    {
        await PutAsync("x", Filled('a'), PutCondition.None);
        var writers = Task.WhenAll("bcdefgh".Select(async c =>
        {
            for (var i = 0; i < 5; i++)
            {
                await PutAsync("x", Filled(c), PutCondition.None);
            }
        }));

        var reads = 0;
        while (!writers.IsCompleted || reads == 0)
        {
            var text = await ReadTextAsync("x");
            Assert.That(text, Is.EqualTo(Filled(text![0])));
            reads++;
        }

        await writers;
    }

    [Test]
    public async Task Counter_by_compare_and_swap_loses_no_count()
    {
        const int Writers = 6;
        const int Counts = 5;
        await PutAsync("counter", "0", PutCondition.None);

        var outcomes = (await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => CountAsync(Counts)))).SelectMany(o => o).ToList();

        // A write whose outcome the server did not tell may have counted or not; none that it confirmed is lost.
        var stored = outcomes.Count(outcome => outcome == PutOutcome.Stored);
        var unknown = outcomes.Count(outcome => outcome == PutOutcome.Unknown);
        Assert.That(stored + unknown, Is.EqualTo(KeepsConditions ? Writers * Counts : 0));
        Assert.That(int.Parse((await ReadTextAsync("counter"))!), Is.InRange(stored, stored + unknown));
    }

    protected abstract IObjectStore Open();

    private static string Filled(char c) => new(c, 50_000);

    private string Key(string name) => $"{_prefix}/{name}";

    private Task<StoredObject?> GetAsync(string name) => Store.GetAsync(Key(name), CancellationToken.None);

    private Task<PutOutcome> PutAsync(string name, string text, PutCondition condition) =>
        PutAsync(name, Encoding.UTF8.GetBytes(text), condition);

    private Task<PutOutcome> PutAsync(string name, byte[] bytes, PutCondition condition) =>
        Store.PutAsync(Key(name), bytes, condition, CancellationToken.None);

    private async Task<string?> ReadTextAsync(string name) =>
        await GetAsync(name) is { } read ? Encoding.UTF8.GetString(read.Bytes.Span) : null;

    private async Task<string[]> ListAsync(string prefix)
    {
        var keys = await Store.ListAsync(Key(prefix), CancellationToken.None);
        return [.. keys.Select(key => key[(_prefix.Length + 1)..])];
    }

    /// <summary>Counts up until it has been told so often that it did, or that conditions are not to be had.</summary>
    private async Task<List<PutOutcome>> CountAsync(int counts)
    {
        var outcomes = new List<PutOutcome>();
        while (outcomes.Count < counts)
        {
            var read = (await GetAsync("counter"))!;
            var next = int.Parse(Encoding.UTF8.GetString(read.Bytes.Span)) + 1;
            var outcome = await PutAsync("counter", $"{next}", PutCondition.Unchanged(read));
            if (outcome != PutOutcome.PreconditionFailed)
            {
                outcomes.Add(outcome);
            }
        }

        return outcomes;
    }
}
