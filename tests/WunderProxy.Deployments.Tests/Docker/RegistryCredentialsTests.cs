using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RegistryCredentialsTests : IDisposable
{
    private const string Registry = "localhost:5000";

    private readonly TemporaryDirectory _directory = new();

    private string ConfigFile => Path.Combine(_directory.FullPath, "config.json");

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task No_file_means_no_login() => Assert.That(await FindAsync(Registry), Is.Null);

    [TestCase("localhost:5000")]
    [TestCase("https://localhost:5000")]
    [TestCase("http://localhost:5000/v1/")]
    [TestCase("https://localhost:5000/v2/")]
    [TestCase("LOCALHOST:5000")]
    public async Task Stored_login_is_found_by_host(string key)
    {
        Write($$"""{"auths":{"{{key}}":{"auth":"dTpwOnE="} } }""");

        var login = await FindAsync(Registry);

        Assert.That((login?.Username, login?.Password), Is.EqualTo(("u", "p:q")));
        Assert.That(await FindAsync("other:5000"), Is.Null);
    }

    [TestCase("shop:42")]
    [TestCase("team/shop:42")]
    [TestCase("docker.io/team/shop")]
    [TestCase("docker.io/library/shop@sha256:1")]
    [TestCase("index.docker.io/team/shop")]
    [TestCase("registry-1.docker.io/team/shop")]
    public async Task Names_of_the_hub_have_the_hubs_login(string image)
    {
        foreach (var key in new[] { "https://index.docker.io/v1/", "index.docker.io", "docker.io", "https://registry-1.docker.io" })
        {
            Write($$"""{"auths":{"other":{"auth":"eDp5"},"{{key}}":{"auth":"dTpw"} } }""");

            var login = await FindAsync(ImageName.Parse(image).Registry);

            Assert.That((login?.Username, login?.ServerAddress), Is.EqualTo(("u", "https://index.docker.io/v1/")), key);
        }
    }

    [TestCase("localhost/shop", "localhost")]
    [TestCase("localhost:5000/shop", "localhost:5000")]
    [TestCase("registry.example/shop", "registry.example")]
    [TestCase("docker.io.example/shop", "docker.io.example")]
    [TestCase("Registry/shop", "Registry")]
    public void Names_of_other_registries_are_not_the_hubs(string image, string registry) =>
        Assert.That(ImageName.Parse(image).Registry, Is.EqualTo(registry));

    [Test]
    public async Task Exact_key_goes_before_another_of_the_same_host()
    {
        Write("""{"auths":{"https://localhost:5000/v1/":{"auth":"eDp5"},"localhost:5000":{"auth":"dTpw"}}}""");

        Assert.That((await FindAsync(Registry))?.Username, Is.EqualTo("u"));
    }

    [Test]
    public async Task User_and_password_in_plain_text_count_and_the_encoded_ones_go_before_them()
    {
        Write("""{"auths":{"localhost:5000":{"username":"u","password":"p:q"},"b":{"auth":"eDp5","username":"u","password":"p"}}}""");

        var plain = await FindAsync(Registry);
        var encoded = await FindAsync("b");

        Assert.That((plain?.Username, plain?.Password), Is.EqualTo(("u", "p:q")));
        Assert.That((encoded?.Username, encoded?.Password), Is.EqualTo(("x", "y")));
    }

    [Test]
    public async Task Tokens_are_passed_on()
    {
        Write("""{"auths":{"localhost:5000":{"identitytoken":"i"},"b":{"registrytoken":"r"},"c":{"auth":"dTo=","identitytoken":"i"}}}""");

        Assert.That((await FindAsync(Registry))?.IdentityToken, Is.EqualTo("i"));
        Assert.That((await FindAsync("b"))?.RegistryToken, Is.EqualTo("r"));
        Assert.That(((await FindAsync("c"))?.Username, (await FindAsync("c"))?.IdentityToken), Is.EqualTo(("u", "i")));
    }

    [TestCase("c2VjcmV0")]
    [TestCase("OnNlY3JldA==")]
    [TestCase("dTpzZWNyZXQ")]
    [TestCase("***secret***")]
    public void Malformed_login_is_an_error_that_names_file_and_registry_and_no_secret(string encoded)
    {
        Write($$"""{"auths":{"localhost:5000":{"auth":"{{encoded}}"} } }""");

        Assert.That(
            () => FindAsync(Registry),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("config.json").And.Message.Contains(Registry)
                .And.Message.Not.Contains("secret").And.Message.Not.Contains(encoded));
    }

    [Test]
    public async Task Malformed_login_of_another_registry_does_no_harm()
    {
        Write("""{"auths":{"other":{"auth":"***"},"localhost:5000":{"auth":"dTpw"},"empty":null}}""");

        Assert.That((await FindAsync(Registry))?.Username, Is.EqualTo("u"));
        Assert.That(await FindAsync("empty"), Is.Null);
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("""{"auths":[]}""")]
    [TestCase("""{"credHelpers":"x"}""")]
    public void Broken_file_is_named(string text)
    {
        Write(text);

        Assert.That(() => FindAsync(Registry), Throws.TypeOf<InvalidDataException>().With.Message.Contains("config.json"));
    }

    [TestCase("""{"credHelpers":{"localhost:5000":"test"}}""")]
    [TestCase("""{"credHelpers":{"localhost:5000":"test"},"credsStore":"other"}""")]
    [TestCase("""{"credsStore":"test","auths":{"localhost:5000":{}}}""")]
    public async Task Helper_is_asked_with_the_registry_on_its_input(string config)
    {
        Write(config);
        WriteHelper("read -r host; printf '{\"Username\":\"<token>\",\"Secret\":\"%s\"}' \"$1 $host\"");

        var login = await FindAsync(Registry);

        Assert.That((login?.Username, login?.IdentityToken), Is.EqualTo(((string?)null, "get localhost:5000")));
    }

    [Test]
    public async Task Helper_of_the_hub_is_asked_by_the_hubs_key()
    {
        Write("""{"credHelpers":{"https://index.docker.io/v1/":"test"}}""");
        WriteHelper("read -r host; printf '{\"Username\":\"u\",\"Secret\":\"%s\"}' \"$host\"");

        Assert.That((await FindAsync(ImageName.DockerHub))?.Password, Is.EqualTo("https://index.docker.io/v1/"));
    }

    [Test]
    public async Task Helper_that_has_no_login_leaves_the_one_in_the_file()
    {
        Write("""{"credsStore":"test","auths":{"localhost:5000":{"auth":"dTpw"}}}""");
        WriteHelper("echo credentials not found in native keychain; exit 1");

        Assert.That((await FindAsync(Registry))?.Username, Is.EqualTo("u"));
        Assert.That(await FindAsync("other"), Is.Null);
    }

    [Test]
    public async Task Helper_that_is_missing_is_named_unless_the_file_has_a_login()
    {
        Write("""{"credsStore":"absent","auths":{"localhost:5000":{"auth":"dTpw"}}}""");

        Assert.That((await FindAsync(Registry))?.Username, Is.EqualTo("u"));
        Assert.That(
            () => FindAsync("other"),
            Throws.TypeOf<CredentialHelperException>().With.Message.Contains("docker-credential-absent")
                .And.Message.Contains("other").And.Message.Contains("config.json"));
    }

    [TestCase("echo vault is sealed >&2; exit 3", "vault is sealed")]
    [TestCase("echo nothing useful", "not JSON")]
    [TestCase("exit 1", "code 1")]
    public void Helper_that_fails_is_named_with_its_words(string script, string words)
    {
        Write("""{"credsStore":"test"}""");
        WriteHelper(script);

        Assert.That(
            () => FindAsync(Registry),
            Throws.TypeOf<CredentialHelperException>().With.Message.Contains("docker-credential-test").And.Message.Contains(words));
    }

    [Test]
    public async Task Helper_that_writes_much_beside_its_answer_does_not_hang()
    {
        Write("""{"credsStore":"test"}""");
        WriteHelper("i=0; while [ $i -lt 3000 ]; do echo a long line of complaints that nobody reads at all >&2; i=$((i+1)); done; printf '{\"Username\":\"u\",\"Secret\":\"s\"}'");

        Assert.That((await FindAsync(Registry))?.Username, Is.EqualTo("u"));
    }

    private Task<Deployments.Docker.Models.RegistryLogin?> FindAsync(string registry) => new RegistryCredentials(
        ConfigFile, $"{_directory.FullPath}:/usr/bin:/bin", TimeProvider.System).FindAsync(registry, CancellationToken.None);

    private void Write(string text) => File.WriteAllText(ConfigFile, text);

    private void WriteHelper(string script)
    {
        var path = Path.Combine(_directory.FullPath, "docker-credential-test");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
