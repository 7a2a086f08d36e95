using System.Text;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.History;

[Parallelizable]
internal sealed class EventLogTests
{
    private static readonly DateTimeOffset At =
        new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero).AddTicks(1234567);

    private TemporaryDirectory _directory = null!;
    private InMemoryObjectStore _store = null!;
    private LocalState _state = null!;

    [SetUp]
    public void MakeStore()
    {
        _directory = new TemporaryDirectory();
        _store = new InMemoryObjectStore();
        _state = LocalState.Open(_directory.FullPath, new ServiceName("b", "p", "a"));
    }

    [TearDown]
    public void CloseStore()
    {
        _state.Dispose();
        _store.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task Event_lies_under_its_time_with_exactly_its_names()
    {
        var recorded = new DeploymentEvent(
            EventType.Deploy, At, "me", "web1", "r2", "h2", "h1", DeploymentEvent.Ok, "")
        { Id = "0123456789abcdef" };

        await new EventLog(_store, "p").RecordAsync(recorded, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(_store.Keys, Is.EqualTo(new[] { "p/events/20260203T0405061234567Z-0123456789abcdef.json" }));
            Assert.That(TextOf(_store.Keys[0]), Is.EqualTo(
                """{"Type":"deploy","At":"2026-02-03T04:05:06.1234567Z","By":"me","Host":"web1","Revision":"r2","Hash":"h2","FromHash":"h1","Result":"ok","Reason":""}"""));
        });
    }

    [Test]
    public async Task Events_are_read_back_in_order()
    {
        var log = new EventLog(_store, "p");
        var second = await RecordAsync(log, 2);
        var first = await RecordAsync(log, 1);
        var third = await RecordAsync(log, 3);

        Assert.Multiple(async () =>
        {
            Assert.That(await new EventReader(_store, "p").ReadAsync(CancellationToken.None), Is.EqualTo(new[] { first, second, third }));
            Assert.That(await new EventReader(_store, "p", maxCount: 2).ReadAsync(CancellationToken.None), Is.EqualTo(new[] { second, third }));
        });
    }

    [Test]
    public async Task Event_waits_in_the_local_state_while_the_store_is_away()
    {
        var log = new EventLog(_store, "p", _state);
        _store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");
        var isStored = await log.RecordAsync(EventAt(1), CancellationToken.None);
        await log.RecordAsync(EventAt(2), CancellationToken.None);
        _store.BeforeCall = null;

        // As after a restart: nothing is in memory.
        var flushed = await new EventLog(_store, "p", _state).FlushAsync(CancellationToken.None);

        Assert.Multiple(async () =>
        {
            Assert.That((isStored, flushed), Is.EqualTo((false, 2)));
            Assert.That(_store.Keys, Has.Count.EqualTo(2));
            Assert.That(await log.FlushAsync(CancellationToken.None), Is.Zero);
        });
    }

    [Test]
    public async Task Event_in_the_store_waits_no_more()
    {
        var log = new EventLog(_store, "p", _state);

        Assert.Multiple(async () =>
        {
            Assert.That(await log.RecordAsync(EventAt(1), CancellationToken.None), Is.True);
            Assert.That(_state.PendingEvents(), Is.Empty);
        });
        await Task.CompletedTask;
    }

    [Test]
    public void Event_without_store_and_without_state_is_told()
    {
        _store.BeforeCall = (_, _) => throw new ObjectStoreException(ObjectStoreFault.Unavailable, "away");

        Assert.That(
            () => new EventLog(_store, "p").RecordAsync(EventAt(1), CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>());
    }

    [Test]
    public async Task Event_whose_text_is_none_or_is_too_long_is_written_all_the_same()
    {
        var log = new EventLog(_store, "p");
        await log.RecordAsync(
            EventAt(1) with { By = "half \ud83d", Reason = new string('ü', DocumentLimits.Event) }, CancellationToken.None);

        var read = (await new EventReader(_store, "p").ReadAsync(CancellationToken.None)).Single();

        Assert.That((read.By, read.Reason[..3], read.Reason[^1]), Is.EqualTo(("half \ufffd", "üüü", '…')));
    }

    [Test]
    public async Task Objects_that_are_no_events_are_left_out()
    {
        var log = new EventLog(_store, "p");
        var good = await RecordAsync(log, 1);
        _store.Seed("p/events/a.json", "{"u8);
        _store.Seed("p/events/b.json", "null"u8);
        _store.Seed("p/events/c.json", new byte[DocumentLimits.Event + 1]);

        Assert.That(await new EventReader(_store, "p").ReadAsync(CancellationToken.None), Is.EqualTo(new[] { good }));
    }

    [Test]
    public async Task Event_repeated_after_a_crash_is_the_same_object()
    {
        var log = new EventLog(_store, "p");
        var once = EventAt(1);

        await log.RecordAsync(once, CancellationToken.None);
        await log.RecordAsync(once, CancellationToken.None);

        Assert.That(_store.Keys, Has.Count.EqualTo(1));
    }

    private static DeploymentEvent EventAt(int minutes) => new(EventType.Switch, At.AddMinutes(minutes), "me", "web1");

    private static async Task<DeploymentEvent> RecordAsync(EventLog log, int minutes)
    {
        var recorded = EventAt(minutes);
        await log.RecordAsync(recorded, CancellationToken.None);
        return recorded;
    }

    private string TextOf(string key) =>
        Encoding.UTF8.GetString(_store.GetAsync(key, CancellationToken.None).Result!.Bytes.Span);
}
