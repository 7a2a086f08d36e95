using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>Where the state lies, and who could have put something there.</summary>
[Parallelizable]
internal sealed class StateDirectoryTests
{
    private static readonly ServiceName Service = new("bucket", "shop/web", "shop");

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [TestCase("link")]
    [TestCase("FIFO")]
    [TestCase("file")]
    public void Planted_directory_of_the_service_is_refused_and_left_alone(string kind)
    {
        var own = _directory.Under(Service.DirectoryName);
        Make(kind, own);
        var target = _directory.Under("elsewhere");
        File.WriteAllText(Path.Combine(target, "write.1"), "theirs");
        File.SetUnixFileMode(target, (UnixFileMode)0x1ed);

        Assert.That(Open, Throws.InstanceOf<StateUnwritableException>().With.Message.Contains(own));
        Assert.That((int)File.GetUnixFileMode(target), Is.EqualTo(0x1ed));
        Assert.That(File.Exists(Path.Combine(target, "write.1")));
    }

    [Test]
    public void Directory_of_another_user_is_refused()
    {
        Open().Dispose();
        TestPosix.ChangeOwner(_directory.Under(Service.DirectoryName), 12345);

        Assert.That(Open, Throws.InstanceOf<StateUnwritableException>().With.Message.Contains("belongs to user 12345"));
    }

    [Test]
    public void Link_as_the_state_directory_is_followed_to_what_is_ours_only()
    {
        var target = Directory.CreateDirectory(_directory.Under("target")).FullName;
        File.CreateSymbolicLink(_directory.Under("state"), target);
        LocalState.Open(_directory.Under("state"), Service).Dispose();
        TestPosix.ChangeOwner(target, 12345);

        Assert.That(
            () => LocalState.Open(_directory.Under("state"), Service),
            Throws.InstanceOf<StateUnwritableException>().With.Message.Contains("is a link to a directory of user 12345"));
    }

    [TestCase(0x1ff, 0, "can be written by other users")]
    [TestCase(0x1fd, 0, "can be written by other users")]
    [TestCase(0x1c0, 12345, "belongs to user 12345")]
    [TestCase(0x3ff, 0, null)]
    [TestCase(0x1c0, 0, null)]
    public void State_directory_that_others_can_change_draws_a_warning(int mode, int user, string? warning)
    {
        var path = Directory.CreateDirectory(_directory.Under("state")).FullName;
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        TestPosix.ChangeOwner(path, user);

        using var state = LocalState.Open(path, Service);

        Assert.That(WarningsOf(state), warning is null ? Is.Empty : Has.One.Contains(warning));
    }

    [Test]
    public void Directory_of_the_service_that_others_can_read_is_closed_to_them()
    {
        Open().Dispose();
        File.SetUnixFileMode(_directory.Under(Service.DirectoryName), (UnixFileMode)0x1ff);

        using var state = Open();

        Assert.That((int)File.GetUnixFileMode(state.FullPath), Is.EqualTo(0x1c0));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("here")]
    [TestCase("./here")]
    public void Home_that_is_no_absolute_path_is_refused(string? home)
    {
        File.WriteAllText(_directory.Under("file"), "");

        Assert.That(
            () => StateDirectory.Default(_ => home, _directory.Under("file/system")),
            Throws.InstanceOf<StateUnwritableException>().With.Message.Contains("--state-dir"));
    }

    [Test]
    public void Home_is_used_where_the_system_directory_cannot_be()
    {
        File.WriteAllText(_directory.Under("file"), "");

        Assert.That(
            (StateDirectory.Default(_ => "/home/me", _directory.Under("file/system")), StateDirectory.Default(_ => null, _directory.Under("made"))),
            Is.EqualTo(("/home/me/.local/state/wunderproxy", _directory.Under("made"))));
    }

    [Test]
    public void Empty_name_is_no_directory() =>
        Assert.That(() => LocalState.Open("", Service), Throws.InstanceOf<StateUnwritableException>());

    [TestCase("file:/srv/s")]
    [TestCase("file:/srv/s/")]
    [TestCase("file:/srv/s//")]
    [TestCase("file:/srv/s/.")]
    [TestCase("file:/srv/x/../s")]
    [TestCase("file://srv/s")]
    [TestCase("file:///srv/./s")]
    public void Spellings_of_one_directory_are_one_service(string bucket)
    {
        var service = new ServiceName(bucket, "/shop/web/", "shop");

        Assert.That(service, Is.EqualTo(new ServiceName("file:/srv/s", "shop/web", "shop")));
        Assert.That(service.Bucket, Is.EqualTo("file:/srv/s"));
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
}
