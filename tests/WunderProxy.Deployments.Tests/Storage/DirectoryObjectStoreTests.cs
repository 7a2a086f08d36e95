using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

[Parallelizable]
internal sealed class DirectoryObjectStoreTests : ObjectStoreContract
{
    private TemporaryDirectory _directory = null!;

    [OneTimeSetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [OneTimeTearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Open_makes_the_directory_when_its_parent_exists()
    {
        using var store = ObjectStores.Open($"file:{_directory.Under("made")}", TimeProvider.System);

        Assert.That(Directory.Exists(_directory.Under("made")), Is.True);
    }

    [Test]
    public void Open_without_a_parent_is_a_bad_location() =>
        Assert.That(
            () => ObjectStores.Open($"file:{_directory.Under("no/store")}", TimeProvider.System),
            Throws.InstanceOf<ObjectStoreException>()
                .With.Property(nameof(ObjectStoreException.Fault)).EqualTo(ObjectStoreFault.BadLocation)
                .And.Message.Contains("parent"));

    [Test]
    public void Open_of_a_plain_file_is_a_bad_location()
    {
        File.WriteAllText(_directory.Under("plain"), "");

        Assert.That(
            () => ObjectStores.Open($"file:{_directory.Under("plain")}", TimeProvider.System),
            Throws.InstanceOf<ObjectStoreException>().With.Message.Contains("is a file"));
    }

    [TestCase("")]
    [TestCase("../escape")]
    [TestCase("a/../../escape")]
    [TestCase("/etc/passwd")]
    [TestCase("a//b")]
    [TestCase(".wunderproxy/lock")]
    public void Key_that_would_leave_the_directory_is_refused(string key) =>
        Assert.That(
            () => Store.PutAsync(key, new byte[1], PutCondition.None, CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>());

    [TestCase("", true)]
    [TestCase("/apps/shop/", true)]
    [TestCase("apps//shop", false)]
    [TestCase("apps/./shop", false)]
    [TestCase("../apps", false)]
    [TestCase(".wunderproxy", false)]
    public void Prefix_that_would_leave_the_directory_is_none(string prefix, bool canHold) =>
        Assert.That((ObjectStores.CanHold("file:/s", prefix), ObjectStores.CanHold("s", prefix)), Is.EqualTo((canHold, true)));

    [Test]
    public void Write_where_a_directory_lies_is_told_as_a_fault_of_the_store()
    {
        Directory.CreateDirectory(_directory.Under("store/taken"));

        Assert.That(
            () => Store.PutAsync("taken", new byte[1], PutCondition.None, CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>());
    }

    [Test]
    public async Task Objects_are_plain_files_that_others_can_put_there()
    {
        Directory.CreateDirectory(_directory.Under("store/plain/app"));
        await File.WriteAllTextAsync(_directory.Under("store/plain/app/current.json"), "{}");

        var read = await Store.GetAsync("plain/app/current.json", CancellationToken.None);

        Assert.That(read!.Bytes.ToArray(), Is.EqualTo("{}"u8.ToArray()));
    }

    [Test]
    public void Open_removes_what_a_killed_writer_left_unless_somebody_writes()
    {
        var own = Directory.CreateDirectory(_directory.Under("store/.wunderproxy")).FullName;
        var leftover = Path.Combine(own, "write.1");
        File.WriteAllText(leftover, "half");

        using (FileLock.TryTake(Path.Combine(own, "lock")))
        {
            Open().Dispose();
            Assert.That(File.Exists(leftover), Is.True);
        }

        Open().Dispose();
        Assert.That(File.Exists(leftover), Is.False);
    }

    protected override IObjectStore Open() =>
        ObjectStores.Open($"file:{_directory.Under("store")}", TimeProvider.System);
}
