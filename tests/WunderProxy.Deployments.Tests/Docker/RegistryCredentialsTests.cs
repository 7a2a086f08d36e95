using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

[TestFixture]
[NonParallelizable] // changes PATH
internal sealed class RegistryCredentialsTests
{
    private TemporaryDirectory _directory = null!;

    private string File => Path.Combine(_directory.FullPath, "config.json");

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public async Task No_file_means_no_login() =>
        Assert.That(await Credentials().FindAsync("localhost:5000", CancellationToken.None), Is.Null);

    [TestCase("localhost:5000")]
    [TestCase("https://localhost:5000/v2/")]
    public async Task Stored_login_is_found_by_host(string key)
    {
        await System.IO.File.WriteAllTextAsync(File, $$"""{"auths":{"{{key}}":{"auth":"dTpwOnE="} } }""");

        var login = await Credentials().FindAsync("localhost:5000", CancellationToken.None);

        Assert.That((login?.Username, login?.Password), Is.EqualTo(("u", "p:q")));
        Assert.That(await Credentials().FindAsync("other:5000", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task Helper_is_asked_with_the_registry_on_its_input()
    {
        await System.IO.File.WriteAllTextAsync(File, """{"credHelpers":{"localhost:5000":"test"}}""");
        var helper = Path.Combine(_directory.FullPath, "docker-credential-test");
        await System.IO.File.WriteAllTextAsync(
            helper, "#!/bin/sh\nread -r host\nprintf '{\"Username\":\"<token>\",\"Secret\":\"%s\"}' \"$1 $host\"\n");
        System.IO.File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", $"{_directory.FullPath}:{path}");
        try
        {
            var login = await Credentials().FindAsync("localhost:5000", CancellationToken.None);

            Assert.That((login?.Username, login?.IdentityToken), Is.EqualTo(((string?)null, "get localhost:5000")));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    [Test]
    public async Task Broken_file_and_missing_helper_are_named()
    {
        await System.IO.File.WriteAllTextAsync(File, "{");
        Assert.That(
            () => Credentials().FindAsync("r", CancellationToken.None),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("config.json"));

        await System.IO.File.WriteAllTextAsync(File, """{"credsStore":"absent"}""");
        Assert.That(
            () => Credentials().FindAsync("r", CancellationToken.None),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("docker-credential-absent"));
    }

    private RegistryCredentials Credentials() => new(File, TimeProvider.System);
}
