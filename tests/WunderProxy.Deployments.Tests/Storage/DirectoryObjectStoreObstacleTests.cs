using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>What others put into a directory store: nothing of it is waited for, followed, or made more open.</summary>
[Parallelizable]
internal sealed class DirectoryObjectStoreObstacleTests
{
    private TemporaryDirectory _directory = null!;
    private IObjectStore _store = null!;

    [SetUp]
    public void OpenStore()
    {
        _directory = new TemporaryDirectory();
        Directory.CreateDirectory(_directory.Under("store/p"));
        Directory.CreateDirectory(_directory.Under("elsewhere"));
        File.WriteAllText(_directory.Under("elsewhere/history.json"), "[]");
        _store = ObjectStores.Open($"file:{_directory.Under("store")}", TimeProvider.System);
    }

    [TearDown]
    public void CloseStore()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [TestCase("FIFO", "is a FIFO")]
    [TestCase("directory", "is a directory")]
    [TestCase("link", "is a symbolic link")]
    [TestCase("device", "is a device")]
    public void Object_that_is_no_regular_file_is_refused_at_once(string kind, string words)
    {
        Make(kind, _directory.Under("store/p/history.json"));

        foreach (var call in new Func<Task>[]
        {
            () => _store.GetAsync("p/history.json", CancellationToken.None),
            () => _store.OpenReadAsync("p/history.json", CancellationToken.None),
        })
        {
            Assert.That(call, Throws.InstanceOf<ObjectStoreException>()
                .With.Property("Fault").EqualTo(ObjectStoreFault.Refused).And.Message.Contains(words));
        }
    }

    [Test]
    public async Task Write_replaces_a_link_and_not_what_it_leads_to()
    {
        File.CreateSymbolicLink(_directory.Under("store/p/history.json"), _directory.Under("elsewhere/history.json"));

        await _store.PutAsync("p/history.json", "[1]"u8.ToArray(), PutCondition.None, CancellationToken.None);

        Assert.That(await File.ReadAllTextAsync(_directory.Under("elsewhere/history.json")), Is.EqualTo("[]"));
        Assert.That(await File.ReadAllTextAsync(_directory.Under("store/p/history.json")), Is.EqualTo("[1]"));
    }

    [TestCase("linked/history.json")]
    [TestCase("linked/new/history.json")]
    [TestCase(".wunderproxy-is-a-link")]
    public void Folder_that_is_a_link_is_not_followed(string key)
    {
        File.CreateSymbolicLink(_directory.Under("store/linked"), _directory.Under("elsewhere"));
        if (key.StartsWith('.'))
        {
            File.CreateSymbolicLink(_directory.Under("store/.wunderproxy"), _directory.Under("elsewhere"));
        }

        Assert.Multiple(() =>
        {
            Assert.That(
                () => _store.PutAsync(key, new byte[1], PutCondition.None, CancellationToken.None),
                Throws.InstanceOf<ObjectStoreException>());
            Assert.That(
                () => _store.GetAsync("linked/history.json", CancellationToken.None), Throws.InstanceOf<ObjectStoreException>());
            Assert.That(
                Directory.EnumerateFileSystemEntries(_directory.Under("elsewhere")).Select(Path.GetFileName),
                Is.EqualTo(new[] { "history.json" }));
        });
    }

    [Test]
    public async Task Directory_itself_may_be_a_link()
    {
        File.CreateSymbolicLink(_directory.Under("store-link"), _directory.Under("store"));
        using var store = ObjectStores.Open($"file:{_directory.Under("store-link")}", TimeProvider.System);

        await store.PutAsync("p/x", "1"u8.ToArray(), PutCondition.None, CancellationToken.None);

        Assert.That(await File.ReadAllTextAsync(_directory.Under("store/p/x")), Is.EqualTo("1"));
    }

    [Test]
    public async Task Listing_looks_into_no_folder_and_follows_no_link()
    {
        foreach (var name in new[] { "a", "b" })
        {
            File.CreateSymbolicLink(_directory.Under($"store/p/container.{name}"), ".");
        }

        File.CreateSymbolicLink(_directory.Under("store/p/container.link.json"), _directory.Under("elsewhere/history.json"));
        Directory.CreateDirectory(_directory.Under("store/p/container.folder/deep"));
        File.WriteAllText(_directory.Under("store/p/container.folder/x.json"), "");
        File.WriteAllText(_directory.Under("store/p/container.x.json"), "");

        Assert.That(
            await _store.ListAsync("p/container.", CancellationToken.None), Is.EqualTo(new[] { "p/container.x.json" }));
    }

    [Test]
    public async Task Listing_gives_the_first_of_very_many_and_goes_on_after_them()
    {
        foreach (var i in Enumerable.Range(0, ObjectStores.MaxListed + 3))
        {
            File.WriteAllText(_directory.Under($"store/p/{i:d6}"), "");
        }

        var first = await _store.ListAsync("p/", CancellationToken.None);
        var rest = await _store.ListAsync("p/", first[^1], CancellationToken.None);

        Assert.That((first.Count, first[0], rest), Is.EqualTo((ObjectStores.MaxListed, "p/000000", new[] { "p/010000", "p/010001", "p/010002" })));
    }

    [Test]
    public async Task New_files_and_folders_are_for_their_owner()
    {
        File.SetUnixFileMode(_directory.Under("store"), (UnixFileMode)0b111_000_101);
        File.SetUnixFileMode(_directory.Under("store/p"), (UnixFileMode)0b111_000_101);

        await _store.PutAsync("p/x", new byte[1], PutCondition.None, CancellationToken.None);
        await _store.PutAsync("q/y", new byte[1], PutCondition.None, CancellationToken.None);

        Assert.That(
            new[] { "p/x", "q", "q/y", ".wunderproxy", ".wunderproxy/lock" }.Select(ModeOf),
            Is.EqualTo(new[] { 0b110_000_000, 0b111_000_000, 0b110_000_000, 0b111_000_000, 0b110_000_000 }));
    }

    [Test]
    public async Task New_files_and_folders_take_the_group_bits_of_their_folder()
    {
        File.SetUnixFileMode(_directory.Under("store"), (UnixFileMode)0b010_111_111_000);

        await _store.PutAsync("q/y", new byte[1], PutCondition.None, CancellationToken.None);

        const int GroupAndSetGroup = 0b010_111_111_000;
        Assert.That(
            new[] { "q", "q/y", ".wunderproxy", ".wunderproxy/lock" }.Select(ModeOf).ToArray(),
            Is.EqualTo(new[] { GroupAndSetGroup, 0b110_110_000, GroupAndSetGroup, 0b110_110_000 }));
    }

    [Test]
    public async Task Replaced_file_keeps_its_mode_and_owner()
    {
        var path = _directory.Under("store/p/x");
        await File.WriteAllTextAsync(path, "old");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        TestPosix.ChangeOwner(path, 12345, 12346);

        await _store.PutAsync("p/x", "new"u8.ToArray(), PutCondition.None, CancellationToken.None);

        using var folder = DirectoryHandle.Open(_directory.Under("store/p"));
        var status = folder.TryGetStatus("x")!.Value;
        Assert.That((status.Mode, status.User, status.Group), Is.EqualTo((0b110_100_100, 12345u, 12346u)));
    }

    [Test]
    public async Task Store_that_may_only_be_read_opens_and_says_so_at_a_write()
    {
        // Not even root writes there.
        using var store = ObjectStores.Open("file:/sys", TimeProvider.System);

        var failure = (await Assert.ThrowsAsync<ObjectStoreException>(
            () => store.PutAsync("p/x", new byte[1], PutCondition.IfAbsent, CancellationToken.None)))!;

        Assert.That((failure.Fault, failure.IsWriteDenied), Is.EqualTo((ObjectStoreFault.Denied, true)));
        Assert.That(await store.GetAsync("p/x", CancellationToken.None), Is.Null);
    }

    [Test]
    public void Store_whose_directory_vanished_is_away_and_not_empty()
    {
        Directory.Delete(_directory.Under("store"), recursive: true);

        Assert.That(
            () => _store.GetAsync("p/history.json", CancellationToken.None),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Fault").EqualTo(ObjectStoreFault.Unavailable));
    }

    [Test]
    public async Task Unknown_config_beside_obstacles_is_not_found()
    {
        const string Name = "p/container.0123456789abcdef0123456789abcdef.json";
        Make("FIFO", _directory.Under("store/" + Name));
        var configs = new LaunchConfigRepository(_store, "p");

        Assert.That(
            () => configs.LoadAsync(LaunchConfigReference.Parse(new string('a', 64)), CancellationToken.None),
            Throws.InstanceOf<LaunchConfigNotFoundException>());
        await Task.CompletedTask;
    }

    private void Make(string kind, string path)
    {
        switch (kind)
        {
            case "FIFO":
                TestPosix.MakeFifo(path);
                break;
            case "device":
                TestPosix.MakeDevice(path);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            default:
                File.CreateSymbolicLink(path, _directory.Under("elsewhere/history.json"));
                break;
        }
    }

    private int ModeOf(string name) => (int)File.GetUnixFileMode(_directory.Under($"store/{name}"));
}
