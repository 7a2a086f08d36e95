using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

[Parallelizable]
internal sealed class LocalStateTests
{
    private const string Name = "record.json";

    private static readonly ServiceName Service = new("bucket", "shop/web", "shop");

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Directory_is_named_after_the_application_and_all_three_names() =>
        Assert.Multiple(() =>
        {
            // printf 'bucket\nshop/web\nshop' | sha256sum
            Assert.That(Service.DirectoryName, Is.EqualTo("shop-6e72f4c3"));
            Assert.That((Service with { Prefix = "shop/api" }).DirectoryName, Is.Not.EqualTo(Service.DirectoryName));
            Assert.That((Service with { App = "a/../b" }).DirectoryName, Does.StartWith("a-..-b-"));
        });

    [Test]
    public void Document_survives_a_restart()
    {
        using (var first = Open())
        {
            Write(first, "kept");
        }

        using var second = Open();

        Assert.That(Read(second), Is.EqualTo("kept"));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[]")]
    public void Document_that_cannot_be_read_is_none(string text)
    {
        using var state = Open();
        File.WriteAllText(Path.Combine(state.FullPath, Name), text);

        Assert.That(Read(state), Is.Null);
    }

    [Test]
    public void Events_that_wait_are_counted_without_a_look_also_after_a_restart()
    {
        using (var first = Open())
        {
            first.AddPendingEvent("1.json", "{}"u8);
            first.AddPendingEvent("2.json", "{}"u8);
            first.AddPendingEvent("3.json", "{}"u8);
            first.RemovePendingEvent("1.json");
            Assert.That(first.PendingCount, Is.EqualTo(2));
        }

        using var second = Open();
        Assert.That(second.PendingCount, Is.EqualTo(2));
        second.AddPendingEvent("2.json", "{}"u8);
        Assert.That(second.PendingEvents(), Has.Count.EqualTo(2));
        Assert.That(second.PendingCount, Is.EqualTo(2), "a look counts anew");
    }

    [Test]
    public void Files_and_directories_are_for_their_owner_only()
    {
        using var state = Open();
        state.TryLock();
        Write(state, "secret");
        state.AddPendingEvent("e.json", "{}"u8);

        const UnixFileMode Others = (UnixFileMode)0b111_111;
        var open = Directory.EnumerateFileSystemEntries(state.FullPath, "*", SearchOption.AllDirectories)
            .Append(state.FullPath)
            .Where(path => (File.GetUnixFileMode(path) & Others) != UnixFileMode.None);

        Assert.That(open, Is.Empty);
    }

    [Test]
    public void Lock_is_held_by_one_and_can_be_handed_over()
    {
        using var first = Open();
        using var second = Open();

        var beforehand = (first.TryLock(), second.TryLock());
        first.Unlock();

        Assert.That((beforehand, second.TryLock()), Is.EqualTo(((true, false), true)));
    }

    [Test]
    public void Leftovers_of_a_killed_process_go_when_the_lock_is_taken()
    {
        using var state = Open();
        var leftover = Path.Combine(state.FullPath, "write.1");
        File.WriteAllText(leftover, "half");

        state.TryLock();

        Assert.That(File.Exists(leftover), Is.False);
    }

    [Test]
    public void Directory_that_is_a_file_is_unwritable()
    {
        File.WriteAllText(_directory.Under("file"), "");

        Assert.That(
            () => LocalState.Open(_directory.Under("file"), Service),
            Throws.InstanceOf<StateUnwritableException>().With.Message.Contains(_directory.Under("file")));
    }

    [Test]
    public void Document_that_cannot_be_written_leaves_the_others()
    {
        using var state = Open();
        Write(state, "old");
        Assert.Multiple(() =>
        {
            Assert.That(
                () => state.WriteDocument("no/such/folder.json", "x", TestJsonContext.Default.String),
                Throws.InstanceOf<StateUnwritableException>());
            Assert.That(Read(state), Is.EqualTo("old"));
            Assert.That(Directory.EnumerateFiles(state.FullPath, "write.*"), Is.Empty);
        });
    }

    private static void Write(LocalState state, string text) =>
        state.WriteDocument(Name, text, TestJsonContext.Default.String);

    private static string? Read(LocalState state) => state.ReadDocument(Name, TestJsonContext.Default.String);

    private LocalState Open() => LocalState.Open(_directory.FullPath, Service);
}
