using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>What lies where a file of ours is expected, or is none inside: it is put aside, and work goes on.</summary>
[Parallelizable]
internal sealed class LocalStateObstacleTests
{
    private const string Name = "record.json";

    // Each is made at a path: what may lie where a file of ours is expected.
    private static readonly TestCaseData<Action<string>>[] Obstacles =
    [
        new(TestPosix.MakeFifo) { TestName = "FIFO" },
        new(path => Directory.CreateDirectory(Path.Combine(path, "not-empty"))) { TestName = "directory" },
        new(path => File.CreateSymbolicLink(path, "/etc/passwd")) { TestName = "link to a file" },
        new(path => File.CreateSymbolicLink(path, path)) { TestName = "link to itself" },
        new(path => File.CreateSymbolicLink(path, "/nowhere")) { TestName = "link to nothing" },
        new(TestPosix.MakeSocket) { TestName = "socket" },
    ];

    private static readonly TestCaseData<string>[] BadContents =
    [
        new("{\"a\":") { TestName = "incomplete JSON" },
        new("") { TestName = "nothing" },
        new("{}") { TestName = "another type" },
        new("\"" + new string('x', DocumentLimits.LocalRecord) + "\"") { TestName = "too large" },
    ];

    private static readonly ServiceName Service = new("bucket", "shop/web", "shop");

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [TestCaseSource(nameof(Obstacles))]
    public void Obstacle_to_a_record_is_put_aside(Action<string> make)
    {
        using var state = Open();
        make(Path.Combine(state.FullPath, Name));

        Assert.That(Read(state), Is.Null);
        Write(state, "new");

        AssertPutAside(state, state.FullPath, Name);
        Assert.That(Read(state), Is.EqualTo("new"));
    }

    [TestCaseSource(nameof(Obstacles))]
    public void Obstacle_that_came_after_the_start_does_not_stop_a_write(Action<string> make)
    {
        using var state = Open();
        make(Path.Combine(state.FullPath, Name));

        Write(state, "new");

        Assert.That(Read(state), Is.EqualTo("new"));
        Assert.That(File.Exists("/etc/passwd"));
    }

    [TestCaseSource(nameof(Obstacles))]
    public void Obstacle_to_the_lock_is_put_aside(Action<string> make)
    {
        using var state = Open();
        make(Path.Combine(state.FullPath, "lock"));

        Assert.That(state.TryLock());
        AssertPutAside(state, state.FullPath, "lock");
    }

    [TestCaseSource(nameof(Obstacles))]
    public void Obstacle_among_leftovers_does_not_stop_the_start(Action<string> make)
    {
        using var state = Open();
        make(Path.Combine(state.FullPath, "write.x"));

        Assert.That(state.TryLock());
    }

    [TestCaseSource(nameof(Obstacles))]
    public async Task Obstacle_among_events_is_not_waited_for(Action<string> make)
    {
        using var state = Open();
        make(Path.Combine(state.FullPath, "events", "a.json"));
        state.AddPendingEvent("b.json", EventJson.Write(new DeploymentEvent("start", DateTimeOffset.UnixEpoch, "me", "here")));
        using var store = new InMemoryObjectStore();

        await new EventLog(store, "p", state).FlushAsync(CancellationToken.None);

        Assert.That(store.Keys, Is.EqualTo(new[] { "p/events/b.json" }));
    }

    [TestCase("FIFO")]
    [TestCase("file")]
    [TestCase("link")]
    public void Obstacle_to_the_folder_of_events_is_put_aside(string kind)
    {
        string events;
        using (var first = Open())
        {
            events = Path.Combine(first.FullPath, "events");
        }

        Directory.Delete(events);
        Make(kind, events);

        using var state = Open();
        state.AddPendingEvent("b.json", "{}"u8);

        AssertPutAside(state, state.FullPath, "events");
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.Under("elsewhere")), Is.Empty);
    }

    [TestCaseSource(nameof(BadContents))]
    public void Record_that_is_none_is_put_aside_with_its_content(string text)
    {
        using var state = Open();
        File.WriteAllText(Path.Combine(state.FullPath, Name), text);

        Assert.That(Read(state), Is.Null);

        Assert.That(File.ReadAllText(AssertPutAside(state, state.FullPath, Name)), Is.EqualTo(text));
    }

    [TestCaseSource(nameof(BadContents))]
    public async Task Event_that_is_none_is_put_aside(string text)
    {
        using var state = Open();
        await File.WriteAllTextAsync(Path.Combine(state.FullPath, "events", "a.json"), text);
        using var store = new InMemoryObjectStore();

        var written = await new EventLog(store, "p", state).FlushAsync(CancellationToken.None);

        Assert.That((written, store.Keys.Count), Is.EqualTo((0, 0)));
        AssertPutAside(state, Path.Combine(state.FullPath, "events"), "a.json");
    }

    [TestCase("\"half \\ud83d pair\"", "half \ufffd pair")]
    [TestCase("\"\\udc00\\ud83d\\ude00\"", "\ufffd\ud83d\ude00")]
    [TestCase("\"\\\\ud83d\"", "\\ud83d")]
    [TestCase("\ufeff\"mark\"", "mark")]
    public void Text_that_is_none_reads_as_replaced(string json, string text)
    {
        using var state = Open();
        File.WriteAllText(Path.Combine(state.FullPath, Name), json);

        Assert.That(Read(state), Is.EqualTo(text));
    }

    [Test]
    public void Bytes_that_are_no_utf8_read_as_replaced()
    {
        using var state = Open();
        File.WriteAllBytes(Path.Combine(state.FullPath, Name), [(byte)'"', 0xff, (byte)'a', (byte)'"']);

        Assert.That(Read(state), Is.EqualTo("\ufffda"));
    }

    [Test]
    public void Events_beyond_the_bound_leave_the_oldest_first()
    {
        using var state = Open();
        for (var i = 0; i < LocalState.MaxPendingEvents + 5; i++)
        {
            File.WriteAllText(Path.Combine(state.FullPath, "events", $"{i:d5}.json"), "");
        }

        var pending = state.PendingEvents();

        Assert.That((pending[0], pending.Count), Is.EqualTo(("00005.json", LocalState.EventsAtOnce)));
        Assert.That(File.Exists(Path.Combine(state.FullPath, "events", "00004.json")), Is.False);
    }

    [Test]
    public void Record_of_another_user_is_put_aside()
    {
        using var state = Open();
        Write(state, "planted");
        TestPosix.ChangeOwner(Path.Combine(state.FullPath, Name), 12345);

        Assert.That(Read(state), Is.Null);
        AssertPutAside(state, state.FullPath, Name);
    }

    private static string AssertPutAside(LocalState state, string folder, string name)
    {
        var aside = new DirectoryInfo(folder).EnumerateFileSystemInfos($"{name}.rejected-*").Single();
        Assert.That(WarningsOf(state), Has.One.Contains(aside.Name));
        return aside.FullName;
    }

    private static List<string> WarningsOf(LocalState state)
    {
        List<string> warnings = [];
        state.ListenToWarnings(warnings.Add);
        return warnings;
    }

    private void Make(string kind, string path)
    {
        var elsewhere = Directory.CreateDirectory(_directory.Under("elsewhere")).FullName;
        switch (kind)
        {
            case "link":
                File.CreateSymbolicLink(path, elsewhere);
                break;
            case "FIFO":
                TestPosix.MakeFifo(path);
                break;
            default:
                File.WriteAllText(path, "");
                break;
        }
    }

    private LocalState Open() => LocalState.Open(_directory.FullPath, Service);

    private static void Write(LocalState state, string text) =>
        state.WriteDocument(Name, text, TestJsonContext.Default.String);

    private static string? Read(LocalState state) => state.ReadDocument(Name, TestJsonContext.Default.String);
}
