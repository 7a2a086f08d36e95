using System.Collections.Concurrent;
using System.Text;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.History;

/// <summary>How the events of a service are read again and again, by a page that somebody watches.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class EventReaderTests : IDisposable
{
    private const int Kept = 3;

    private readonly InMemoryObjectStore _store = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly EventReader _reader;

    public EventReaderTests()
    {
        _reader = new EventReader(_store, "p", Kept);
        _store.BeforeCall = (call, key) => _calls.Enqueue($"{call} {key}");
    }

    public void Dispose() => _store.Dispose();

    [Test]
    public async Task Event_is_read_once_and_the_newest_are_kept()
    {
        Array.ForEach([1, 2, 3, 4], number => Seed(number));
        var first = await ReadAsync();
        _calls.Clear();
        Seed(5);

        var second = await ReadAsync();

        Assert.That((first, second), Is.EqualTo((new[] { "r2", "r3", "r4" }, new[] { "r3", "r4", "r5" })));
        Assert.That(_calls, Is.EqualTo(new[] { "list p/events/", $"get {KeyOf(5)}" }));
    }

    [Test]
    public async Task Objects_that_are_no_events_are_read_once_too()
    {
        _store.Seed("p/events/a.json-b", "[]"u8);
        _store.Seed("p/events/huge.json", new byte[1 << 20]);
        Seed(1);
        await ReadAsync();
        _calls.Clear();

        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "r1" }));
        Assert.That(_calls, Has.None.StartsWith("get"));
    }

    [TestCase("a.json-b", "b")]
    [TestCase("a-b.json", "b")]
    [TestCase("-", "")]
    [TestCase("x", "x")]
    public async Task Id_is_read_from_any_name(string name, string id)
    {
        _store.Seed($"p/events/{name}", TextOf(1));

        Assert.That((await _reader.ReadAsync(CancellationToken.None)).Single().Id, Is.EqualTo(id == "x" ? "p/events/x" : id));
    }

    [Test]
    public async Task Texts_of_any_length_are_kept_in_part()
    {
        _store.Seed("p/events/a-b.json", TextOf(1, new string('x', 60_000)));

        Assert.That((await _reader.ReadAsync(CancellationToken.None)).Single().Revision, Has.Length.LessThan(400));
    }

    [Test]
    public async Task What_was_read_is_known_when_the_store_fails()
    {
        Seed(1);
        await ReadAsync();
        _store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");

        var (events, isWhole) = await _reader.ReadWithinAsync(TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);

        Assert.That((events.Single().Revision, isWhole), Is.EqualTo(("r1", false)));
    }

    [Test]
    public async Task Store_that_does_not_answer_is_not_waited_for()
    {
        var clock = new ManualTimeProvider();
        Seed(1);
        _store.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var reading = _reader.ReadWithinAsync(TimeSpan.FromSeconds(5), clock, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(5));
        var late = await reading;
        _store.Gate.SetResult();

        Assert.That((late.Events.Count, late.IsWhole), Is.EqualTo((0, false)));
        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "r1" }), "the reading went on");
    }

    private static string KeyOf(int number) => $"p/events/20260101T00000000{number:00000}0Z-{number:x16}.json";

    private static byte[] TextOf(int number, string more = "") =>
        Encoding.UTF8.GetBytes($$"""{"Type":"switch","At":"2026-01-01T00:00:00Z","By":"ada","Host":"m","Revision":"r{{number}}{{more}}"}""");

    private void Seed(int number) => _store.Seed(KeyOf(number), TextOf(number));

    private async Task<string[]> ReadAsync() => [.. (await _reader.ReadAsync(CancellationToken.None)).Select(happened => happened.Revision)];
}
