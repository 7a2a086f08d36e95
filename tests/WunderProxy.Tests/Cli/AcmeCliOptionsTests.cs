using System.CommandLine;
using WunderProxy.Cli;
using WunderProxy.Configuration;
using WunderProxy.Deployments.Acme;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class AcmeCliOptionsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wunderproxy-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Test]
    public void Without_a_domain_nothing_is_ordered()
    {
        Assert.That(Map(), Is.Null);
    }

    [Test]
    public void Domains_alone_order_from_lets_encrypt()
    {
        var options = Map("--acme-domain", "Shop.example.com.", "--acme-domain", "*.example.com")!;

        Assert.Multiple(() =>
        {
            Assert.That(options.Hosts, Is.EqualTo(new[] { "shop.example.com", "*.example.com" }));
            Assert.That(options.Directory, Is.EqualTo(AcmeOptions.LetsEncrypt));
            Assert.That(options.Email, Is.Null);
            Assert.That(options.Roots, Is.Empty);
            Assert.That(options.ExternalAccount, Is.Null);
            Assert.That(options.SharingKey, Is.Null);
        });
    }

    [Test]
    public void Every_option_reaches_its_place()
    {
        using var authority = new TestAuthority();
        var options = Map(
            "--acme-domain", "a.test", "--acme-email", "ops@example.com", "--acme-directory", "https://ca.test/dir",
            "--acme-ca", FileOf(authority.RootPem), "--acme-eab-key-id", "kid-1", "--acme-eab-key-file", FileOf(PebbleServer.BindingKey + "\n"),
            "--acme-key-file", FileOf(new string('k', 32)))!;

        Assert.Multiple(() =>
        {
            Assert.That(options.Email, Is.EqualTo("ops@example.com"));
            Assert.That(options.Directory, Is.EqualTo(new Uri("https://ca.test/dir")));
            Assert.That(options.Roots, Has.Count.EqualTo(1));
            Assert.That(options.ExternalAccount!.KeyId, Is.EqualTo("kid-1"));
            Assert.That(options.ExternalAccount.Key.Length, Is.EqualTo(48));
            Assert.That(options.SharingKey, Is.Not.Null);
        });
    }

    [TestCase("--acme-domain", "10.0.0.1")]
    [TestCase("--acme-domain", "")]
    [TestCase("--acme-domain", "a b")]
    [TestCase("--acme-directory", "http://ca.example.com/dir")]
    [TestCase("--acme-directory", "ca.example.com")]
    [TestCase("--acme-directory", "https://user:secret@ca.example.com/")]
    [TestCase("--acme-email", "nobody")]
    [TestCase("--acme-email", "a@b,c@d")]
    public void Bad_value_is_a_parse_error_that_names_the_option(string option, string value)
    {
        var command = NewCommand(new AcmeCliOptions(hasStore: true));

        Assert.That(command.Parse([option, value]).Errors.Single().Message, Does.Contain(option).And.Contain($"'{value}'"));
    }

    [TestCase("--acme-email", "a@b")]
    [TestCase("--acme-directory", "https://ca.test/")]
    [TestCase("--acme-ca", "/nowhere")]
    [TestCase("--acme-eab-key-id", "x")]
    [TestCase("--acme-eab-key-file", "/nowhere")]
    [TestCase("--acme-key-file", "/nowhere")]
    public void Option_without_a_domain_is_an_error(string option, string value)
    {
        Assert.That(() => Map(option, value), Throws.TypeOf<UsageException>().With.Message.EqualTo($"{option} needs --acme-domain"));
    }

    [Test]
    public void Identifier_and_key_of_an_account_belong_together()
    {
        Assert.That(() => Map("--acme-domain", "a.test", "--acme-eab-key-id", "x"), Throws.TypeOf<UsageException>().With.Message.Contains("give both"));
        Assert.That(
            () => Map("--acme-domain", "a.test", "--acme-eab-key-file", FileOf(PebbleServer.BindingKey)),
            Throws.TypeOf<UsageException>().With.Message.Contains("give both"));
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("\r\n")]
    [TestCase("\n\n")]
    public void Line_ends_at_the_end_of_the_secret_are_no_part_of_it(string end)
    {
        var secret = AcmeFiles.ReadSharingSecret(FileOf(new string('k', 32) + end));

        Assert.That(secret, Is.EqualTo(Enumerable.Repeat((byte)'k', 32)));
    }

    [Test]
    public void Line_ends_do_not_make_a_secret_long_enough() =>
        Assert.That(
            () => AcmeFiles.ReadSharingSecret(FileOf(new string('k', 31) + "\r\n")),
            Throws.TypeOf<UsageException>().With.Message.Contains("fewer than 32 bytes"));

    [TestCase("--acme-ca", "no certificate", "has no certificate in PEM")]
    [TestCase("--acme-ca", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "--acme-ca: ")]
    [TestCase("--acme-key-file", "short\n", "fewer than 32 bytes")]
    [TestCase("--acme-eab-key-file", "not base64!", "base64url")]
    [TestCase("--acme-eab-key-file", "c2hvcnQ", "base64url")]
    public void File_with_other_content_is_an_error_that_names_option_and_file(string option, string content, string expected)
    {
        var file = FileOf(content);

        string[] accountKey = option == "--acme-eab-key-file" ? ["--acme-eab-key-id", "x"] : [];

        Assert.That(
            () => Map(["--acme-domain", "a.test", option, file, .. accountKey]),
            Throws.TypeOf<UsageException>().With.Message.Contains(expected).And.Message.Contains(option).And.Message.Contains(file));
    }

    [Test]
    public void Forward_needs_a_state_directory_and_has_no_store_to_share_through()
    {
        var options = new AcmeCliOptions(hasStore: false);
        var command = NewCommand(options);
        var parsed = command.Parse(["--acme-domain", "a.test"]);

        Assert.That(() => options.OpenState(parsed, null), Throws.TypeOf<UsageException>().With.Message.Contains("--state-dir"));
        Assert.That(command.Options.Select(option => option.Name), Does.Contain("--state-dir").And.Not.Contain("--acme-key-file"));
        parsed = command.Parse(["--acme-domain", "a.test", "--state-dir", _directory.FullName]);
        using var state = options.OpenState(parsed, null);
        Assert.That(() => options.OpenState(parsed, null), Throws.TypeOf<UsageException>().With.Message.Contains("another process"));
    }

    private static AcmeOptions? Map(params string[] arguments)
    {
        var options = new AcmeCliOptions(hasStore: true);
        var parsed = NewCommand(options).Parse(arguments);
        Assert.That(parsed.Errors, Is.Empty);
        return options.Map(parsed);
    }

    private static RootCommand NewCommand(AcmeCliOptions options)
    {
        var command = new RootCommand();
        options.AddTo(command);
        return command;
    }

    private string FileOf(string content)
    {
        var path = Path.Combine(_directory.FullName, Path.GetRandomFileName());
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
