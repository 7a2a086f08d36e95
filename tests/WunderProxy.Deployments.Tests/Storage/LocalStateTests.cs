using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

[TestFixture]
internal sealed class LocalStateTests
{
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
    public void Record_survives_a_restart()
    {
        var record = new ServiceRecord("hash", "container", "seen") { Earlier = ["a", "b"] };
        using (var first = Open())
        {
            first.WriteRecord(record);
        }

        using var second = Open();
        var read = second.ReadRecord()!;

        Assert.Multiple(() =>
        {
            Assert.That(read with { Earlier = record.Earlier }, Is.EqualTo(record));
            Assert.That(read.Earlier, Is.EqualTo(record.Earlier));
        });
    }

    [Test]
    public void Record_is_small_json_with_lower_case_names()
    {
        using var state = Open();
        state.WriteRecord(new ServiceRecord("1", "2", "3"));

        Assert.That(
            File.ReadAllText(Path.Combine(state.FullPath, "record.json")),
            Is.EqualTo("""{"hash":"1","container":"2","seen":"3","earlier":[]}"""));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[]")]
    public void Record_that_cannot_be_read_is_no_record(string text)
    {
        using var state = Open();
        File.WriteAllText(Path.Combine(state.FullPath, "record.json"), text);

        Assert.That(state.ReadRecord(), Is.Null);
    }

    [Test]
    public void Files_and_directories_are_for_their_owner_only()
    {
        using var state = Open();
        state.TryLock();
        state.WriteRecord(new ServiceRecord("1", "2", "3"));
        state.WriteConfig("{}"u8);
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
    public void Record_that_cannot_be_written_leaves_the_old_one()
    {
        using var state = Open();
        state.WriteRecord(new ServiceRecord("old", "", ""));
        Directory.CreateDirectory(Path.Combine(state.FullPath, "config.json", "in-the-way"));

        Assert.Multiple(() =>
        {
            Assert.That(() => state.WriteConfig("{}"u8), Throws.InstanceOf<StateUnwritableException>());
            Assert.That(state.ReadRecord()!.Hash, Is.EqualTo("old"));
            Assert.That(Directory.EnumerateFiles(state.FullPath, "write.*"), Is.Empty);
        });
    }

    [Test]
    public void Config_copy_is_kept_byte_for_byte()
    {
        using var state = Open();
        state.WriteConfig("{ \"Revision\" : \"r1\" }\n"u8);

        Assert.That(state.ReadConfig(), Is.EqualTo("{ \"Revision\" : \"r1\" }\n"u8.ToArray()));
    }

    private LocalState Open() => LocalState.Open(_directory.FullPath, Service);
}
