using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>Files beside those of stores and state: none is waited for, none is read without a bound.</summary>
[Parallelizable]
internal sealed class BoundedFileTests
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Pipe_as_the_login_file_is_told_at_once()
    {
        TestPosix.MakeFifo(_directory.Under("config.json"));

        Assert.That(
            () => Credentials().FindAsync("localhost:5000", CancellationToken.None),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("is a FIFO"));
    }

    [Test]
    public void Login_file_beyond_its_bound_is_told()
    {
        File.WriteAllBytes(_directory.Under("config.json"), new byte[DocumentLimits.DockerConfig + 1]);

        Assert.That(
            () => Credentials().FindAsync("localhost:5000", CancellationToken.None),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("more than 1 MiB"));
    }

    [Test]
    public async Task Login_file_may_be_a_link()
    {
        await File.WriteAllTextAsync(_directory.Under("real"), """{"auths":{"localhost:5000":{"auth":"YTpi"}}}""");
        File.CreateSymbolicLink(_directory.Under("config.json"), _directory.Under("real"));

        Assert.That(await Credentials().FindAsync("localhost:5000", CancellationToken.None), Is.Not.Null);
    }

    [Test]
    public void Environment_without_end_is_given_up() =>
        Assert.That(() => ContainerEnvironmentFile.Load("/dev/zero"), Throws.InstanceOf<IOException>().With.Message.Contains("4 MiB"));

    [Test]
    public void Pipe_that_an_operator_names_is_told_at_once()
    {
        TestPosix.MakeFifo(_directory.Under("pipe"));
        File.CreateSymbolicLink(_directory.Under("link"), _directory.Under("pipe"));

        foreach (var path in new[] { _directory.Under("pipe"), _directory.Under("link") })
        {
            Assert.That(() => ContainerEnvironmentFile.Load(path), Throws.InstanceOf<IOException>().With.Message.Contains("is a FIFO"));
            Assert.That(() => LaunchConfigFile.Load(path), Throws.InstanceOf<IOException>().With.Message.Contains("is a FIFO"));
        }
    }

    [Test]
    public void Launch_config_without_end_is_given_up() => Assert.Multiple(() =>
    {
        Assert.That(() => LaunchConfigFile.Load("/dev/zero"), Throws.InstanceOf<IOException>().With.Message.Contains("1 MiB"));
        using var endless = File.OpenRead("/dev/zero");
        Assert.That(() => LaunchConfigFile.Read(endless), Throws.InstanceOf<IOException>().With.Message.Contains("standard input"));
    });

    [Test]
    public void Launch_config_comes_from_an_open_pipe()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        pipe.Write("""{"Revision":"r1"}"""u8);
        var path = $"/dev/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        var reading = Task.Run(() => LaunchConfigFile.Load(path));
        pipe.Dispose();

        Assert.That(reading.Result.Revision, Is.EqualTo("r1"));
    }

    [Test]
    public void Pipe_as_a_context_of_the_client_is_told_at_once()
    {
        var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("far"u8));
        var folder = Directory.CreateDirectory(_directory.Under(Path.Combine("contexts", "meta", id))).FullName;
        TestPosix.MakeFifo(Path.Combine(folder, "meta.json"));

        Assert.That(
            () => DockerContext.Read("far", _directory.FullPath), Throws.InstanceOf<FormatException>().With.Message.Contains("is a FIFO"));
    }

    [Test]
    public void Settings_of_the_client_lie_with_the_user_where_nothing_names_a_home() =>
        Assert.That(
            DockerConfigFolder.Of(_ => null),
            Is.EqualTo(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker")));

    [TestCase("FIFO")]
    [TestCase("link")]
    [TestCase("large")]
    public void Record_of_another_service_that_cannot_be_read_claims_every_image(string kind)
    {
        var other = Directory.CreateDirectory(_directory.Under("other-00000000")).FullName;
        var path = Path.Combine(other, "record.json");
        switch (kind)
        {
            case "FIFO":
                TestPosix.MakeFifo(path);
                break;
            case "link":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                File.WriteAllBytes(path, new byte[DocumentLimits.LocalRecord + 1]);
                break;
        }

        Assert.That(new ImageClaims(_directory.Under("shop-11111111")).IsClaimed("localhost:8080/shop", "r1", "localhost:8080/shop:r1"));
    }

    private RegistryCredentials Credentials() => RegistryCredentials.FromEnvironment(
        name => name == "DOCKER_CONFIG" ? _directory.FullPath : null, TimeProvider.System);
}
