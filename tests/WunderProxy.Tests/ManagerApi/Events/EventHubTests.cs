using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;
using WunderProxy.ManagerApi.Events;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.ManagerApi.Events;

/// <summary>What watchers get, in which order, and when they are dropped; time is moved by hand.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class EventHubTests : IAsyncDisposable
{
    private static readonly ApiCaller Caller = new(null, UserId: 0);

    private readonly ManualTimeProvider _clock = new();
    private readonly ApiFixture _api;

    public EventHubTests() => _api = new ApiFixture(clock: _clock);

    private EventHub Hub => _api.Hub;

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Test]
    public async Task Watcher_gets_a_snapshot_at_once_and_then_each_second()
    {
        using var watcher = Watch();
        var first = await NextAsync(watcher, "snapshot");

        _clock.Advance(EventHub.TickInterval);
        var second = await NextAsync(watcher, "snapshot");

        Assert.That(JsonNode.Parse(first.Data)!["App"]!.GetValue<string>(), Is.EqualTo("shop"));
        Assert.That(second.Id, Is.Empty, "a snapshot is no event to go on from");
    }

    [Test]
    public void Views_are_made_once_for_all_with_the_same_rights_and_only_while_somebody_watches()
    {
        var made = new List<bool>();
        var view = new LiveView("page", "sections", facts =>
        {
            made.Add(facts.HasRights);
            return $"{made.Count}";
        });
        var watchers = Enumerable.Range(0, 10).Select(number => Hub.Subscribe(view, Caller, number % 2 == 0, null)).ToList();

        _clock.Advance(EventHub.TickInterval);
        watchers.ForEach(watcher => watcher.Dispose());
        _clock.Advance(10 * EventHub.TickInterval);

        Assert.That(made.Count(hasRights => hasRights), Is.EqualTo(2), "at the start and at the tick");
        Assert.That(made, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Text_of_several_lines_keeps_them()
    {
        var view = new LiveView("page", "sections", _ => "<p>\r\nid: 7\n\n</p>");
        using var watcher = Hub.Subscribe(view, Caller, hasRights: true, null);

        var shown = await NextAsync(watcher, "sections");

        Assert.That(shown.Data, Is.EqualTo("<p>\nid: 7\n\n</p>"));
        Assert.That(shown.Id, Is.Empty);
    }

    [Test]
    public async Task View_that_has_not_changed_is_not_sent_and_silence_is_broken_by_a_comment()
    {
        var view = new LiveView("page", "sections", _ => "same");
        using var watcher = Hub.Subscribe(view, Caller, hasRights: true, null);
        await using var blocks = watcher.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        await ReadAsync(blocks);
        await ReadAsync(blocks);

        var next = blocks.MoveNextAsync();
        await _clock.WaitForTimerAsync(EventWatcher.HeartbeatInterval);
        _clock.Advance(EventWatcher.HeartbeatInterval);
        await next;

        Assert.That(Encoding.UTF8.GetString(blocks.Current.Span), Is.EqualTo(":\n\n"));
    }

    [Test]
    public async Task View_that_fails_leaves_the_events_alone()
    {
        var view = new LiveView("page", "sections", _ => throw new InvalidOperationException("a bug"));
        using var watcher = Hub.Subscribe(view, Caller, hasRights: true, null);

        _clock.Advance(EventHub.TickInterval);
        Hub.OnEvent(EventOf("switch", "r2"));

        Assert.That((await NextAsync(watcher, "switch")).Data, Does.Contain("r2"));
    }

    [Test]
    public async Task Watcher_that_comes_back_gets_exactly_what_it_missed()
    {
        string seen;
        using (var watcher = Watch())
        {
            Hub.OnEvent(EventOf("launch", "r1"));
            seen = (await NextAsync(watcher, "launch")).Id;
        }

        Hub.OnEvent(EventOf("switch", "r1"));
        Hub.OnEvent(EventOf("pause", "r1"));
        using var again = Watch(lastId: seen);

        Assert.That(NamesOf(await TakeAsync(again, 1)), Is.EqualTo(new[] { "", "switch", "pause" }));
    }

    [Test]
    public async Task Watcher_cut_off_before_its_first_event_goes_on_from_there()
    {
        Hub.OnEvent(EventOf("launch", "r1"));
        string begun;
        using (var watcher = Watch())
        {
            begun = (await TakeAsync(watcher, 1))[0].Id;
        }

        Hub.OnEvent(EventOf("switch", "r1"));
        using var again = Watch(lastId: begun);

        Assert.That(NamesOf(await TakeAsync(again, 1)), Is.EqualTo(new[] { "", "switch" }));
    }

    [TestCase("another-1")]
    [TestCase("-")]
    [TestCase("18446744073709551616")]
    public async Task Id_that_is_not_ours_is_told_as_a_gap_with_all_that_is_known(string lastId)
    {
        Hub.OnEvent(EventOf("switch", "r1"));
        using var watcher = Watch(lastId: lastId);

        Assert.That(NamesOf(await TakeAsync(watcher, 1)), Is.EqualTo(new[] { "", "gap", "switch" }));
    }

    [Test]
    public async Task Events_beyond_the_bound_are_told_as_a_gap()
    {
        using var first = Watch();
        var begun = (await TakeAsync(first, 1))[0].Id;
        for (var number = 0; number < 5000; number++)
        {
            Hub.OnEvent(EventOf("switch", $"r{number}"));
        }

        using var again = Watch(lastId: begun);
        var events = StreamEvent.Parse(await DrainAsync(again)).Where(happened => happened.Name.Length > 0).ToList();

        Assert.That(events[0].Name, Is.EqualTo("gap"));
        Assert.That(events.Count(happened => happened.Name == "switch"), Is.EqualTo(EventBacklog.MaxEvents));
        Assert.That(events.Last(happened => happened.Name == "switch").Data, Does.Contain("r4999"));
        Assert.That(Hub.Recent, Has.Count.EqualTo(EventBacklog.MaxEvents));
        Assert.That(first.Cut.IsCancellationRequested, Is.True, "5,000 events waited for it");
    }

    [Test]
    public async Task Clock_that_is_set_back_stops_nothing()
    {
        using var watcher = Watch();
        await NextAsync(watcher, "snapshot");
        Hub.OnEvent(EventOf("launch", "r1"));
        var before = await NextAsync(watcher, "launch");

        _clock.SetUtcNow(_clock.GetUtcNow() - TimeSpan.FromDays(400));
        _clock.Advance(EventHub.TickInterval);
        await NextAsync(watcher, "snapshot");
        Hub.OnEvent(EventOf("switch", "r1"));
        var after = await NextAsync(watcher, "switch");

        Assert.That(NumberOf(after), Is.EqualTo(NumberOf(before) + 1));
    }

    [Test]
    public async Task Stranger_is_told_states_times_and_revisions_alone()
    {
        using var stranger = Hub.Subscribe(EventsRoute.Snapshot, Caller, hasRights: false, null);
        using var watcher = Watch();
        Hub.OnEvent(EventOf("failure", "r2") with { Result = "exit_code", Reason = "said by the application" });
        Hub.OnProgress(new OperationView(
            "deploy", "r2", DateTimeOffset.UnixEpoch, "pulling", new DeploymentProgress("pulling", "said by the registry", 5, 10)));
        var told = await DrainAsync(stranger);
        var toldAll = await DrainAsync(watcher);

        Assert.That(told, Does.Contain("exit_code").And.Contain("r2").And.Contain("\"Done\":5"));
        Assert.That(told, Does.Not.Contain("said by").And.Not.Contain("ada").And.Not.Contain("machine7"));
        Assert.That(toldAll, Does.Contain("said by the application").And.Contain("ada").And.Contain("said by the registry"));
    }

    [Test]
    public async Task Progress_of_one_step_comes_four_times_a_second_at_most()
    {
        using var watcher = Watch();
        for (var done = 0; done < 1000; done++)
        {
            Hub.OnProgress(new OperationView("deploy", "r2", DateTimeOffset.UnixEpoch, "pulling", new("pulling", "r2", done, 1000)));
        }

        Hub.OnProgress(new OperationView("deploy", "r2", DateTimeOffset.UnixEpoch, "creating", new("creating", "r2")));
        var events = NamesOf([.. StreamEvent.Parse(await DrainAsync(watcher))]);

        Assert.That(events.Count(name => name == "progress"), Is.EqualTo(2));
    }

    [Test]
    public void Places_are_bounded_and_some_are_kept_for_operators()
    {
        var strangers = Enumerable.Range(0, EventHub.MaxStrangers)
            .Select(_ => Hub.Subscribe(EventsRoute.Snapshot, Caller, hasRights: false, null)).ToList();
        var refused = Assert.Throws<ApiException>(() => Hub.Subscribe(EventsRoute.Snapshot, Caller, hasRights: false, null));
        var operators = Enumerable.Range(0, EventHub.MaxWatchers - EventHub.MaxStrangers).Select(_ => Watch()).ToList();

        Assert.That((refused!.Status, refused.Headers[0].Key), Is.EqualTo((503, "Retry-After")));
        Assert.That(() => Watch(), Throws.InstanceOf<ApiException>());
        strangers[0].Dispose();
        Assert.That(() => Watch(), Throws.Nothing);
        Assert.That(operators, Is.Not.Empty);
    }

    [Test]
    public async Task Reason_that_quotes_at_length_drops_no_watcher_and_is_not_kept_whole()
    {
        using var watcher = Watch();

        Hub.OnEvent(EventOf("failure", "r2") with { Reason = new string('x', 2 * EventWatcher.MaxQueuedBytes) });

        Assert.That(watcher.Cut.IsCancellationRequested, Is.False);
        Assert.That(NamesOf([.. StreamEvent.Parse(await DrainAsync(watcher))]), Does.Contain("failure"));
        Assert.That(Hub.Recent.Single().Reason, Has.Length.LessThan(EventHub.MaxReasonLength + 10));
    }

    [Test]
    public async Task End_of_the_process_is_the_last_event()
    {
        using var watcher = Watch();
        var ending = Hub.EndAsync();
        var events = NamesOf([.. StreamEvent.Parse(await DrainAsync(watcher))]);
        watcher.Dispose();
        await ending;

        Assert.That(events.Where(name => name is not "snapshot"), Is.EqualTo(new[] { "", "stop" }));
        Assert.That(() => Watch(), Throws.InstanceOf<ApiException>());
    }

    [Test]
    public async Task End_does_not_wait_for_a_watcher_that_does_not_read()
    {
        using var watcher = Watch();

        var ending = Hub.EndAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));

        await ending;
        Assert.That(Hub.Watchers, Is.EqualTo(1));
    }

    private static EventView EventOf(string type, string revision) => new(
        "0123456789abcdef", type, DateTimeOffset.UnixEpoch, "ada", "machine7", revision, "aa11", "bb22", "ok", "");

    private static long NumberOf(StreamEvent happened) =>
        long.Parse(happened.Id.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    private static string[] NamesOf(IReadOnlyList<StreamEvent> events) => [.. events.Select(happened => happened.Name)];

    private static async Task<string> ReadAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> blocks)
    {
        Assert.That(await blocks.MoveNextAsync(), Is.True);
        return Encoding.UTF8.GetString(blocks.Current.Span);
    }

    /// <summary>Reads blocks until one of this name comes; it may be one of several in a block.</summary>
    private static async Task<StreamEvent> NextAsync(EventWatcher watcher, string name)
    {
        await foreach (var block in watcher.ReadAsync(CancellationToken.None))
        {
            if (StreamEvent.Parse(Encoding.UTF8.GetString(block.Span)).FirstOrDefault(happened => happened.Name == name) is { } found)
            {
                return found;
            }
        }

        throw new AssertionException($"the stream ended without {name}");
    }

    /// <summary>Reads this number of blocks, each of which may have several events.</summary>
    private static async Task<IReadOnlyList<StreamEvent>> TakeAsync(EventWatcher watcher, int blocks)
    {
        var text = new StringBuilder();
        await foreach (var block in watcher.ReadAsync(CancellationToken.None))
        {
            text.Append(Encoding.UTF8.GetString(block.Span));
            if (--blocks == 0)
            {
                break;
            }
        }

        return [.. StreamEvent.Parse(text.ToString())];
    }

    /// <summary>Reads all that is queued.</summary>
    private static async Task<string> DrainAsync(EventWatcher watcher)
    {
        watcher.Complete();
        var text = new StringBuilder();
        await foreach (var block in watcher.ReadAsync(CancellationToken.None))
        {
            text.Append(Encoding.UTF8.GetString(block.Span));
        }

        return text.ToString();
    }

    private EventWatcher Watch(string? lastId = null) => Hub.Subscribe(EventsRoute.Snapshot, Caller, hasRights: true, lastId);
}
