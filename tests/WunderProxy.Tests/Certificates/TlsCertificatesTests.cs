using WunderProxy.Certificates;
using WunderProxy.Configuration;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Tests.Certificates;

internal sealed class TlsCertificatesTests
{
    private readonly ScriptedCertificateLog _log = new();
    private CertificateFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new CertificateFolder();

    [TearDown]
    public void RemoveFolder()
    {
        _folder.Dispose();
        _log.Lines.Clear();
    }

    [Test]
    public void Directory_has_its_certificates_by_name_and_skips_other_files()
    {
        _folder.Write("b", ["b.test"]);
        _folder.Write("a", ["a.test"]);
        _folder.Write("c", ["c.test"]);
        _folder.WriteText("z.pem", File.ReadAllText(_folder.At("c.crt")) + File.ReadAllText(_folder.At("c.key")));
        File.Delete(_folder.At("c.crt"));
        _folder.WriteText(".hidden.crt", "no certificate");
        _folder.WriteText("notes.txt", "no certificate");

        Assert.That(NamesOf(Read()), Is.EqualTo(new[] { "a.test", "b.test", "c.test" }));
    }

    [Test]
    public void Start_without_a_usable_directory_is_refused()
    {
        Assert.That(() => Read(), Throws.TypeOf<UsageException>().With.Message.Contains($"{_folder.Path} has no certificate"));
        _folder.Write("a", ["a.test"]);
        File.Delete(_folder.At("a.key"));
        Assert.That(() => Read(), Throws.TypeOf<UsageException>().With.Message.Contains("a.key"));
        Assert.That(
            () => Read(_folder.At("none")),
            Throws.TypeOf<UsageException>().With.Message.StartsWith("--tls-directory: ").And.Message.Contains("none"));
    }

    [Test]
    public void Changed_added_and_removed_files_are_noticed()
    {
        _folder.Write("a", ["a.test"]);
        var certificates = Read();
        var first = certificates.Source.Certificates;

        certificates.Poll(_log);
        Assert.That(certificates.Source.Certificates, Is.SameAs(first), "nothing has changed");
        _folder.Write("b", ["b.test"]);
        certificates.Poll(_log);
        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "a.test", "b.test" }));
        _folder.Write("a", ["new.test"]);
        certificates.Poll(_log);
        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "new.test", "b.test" }));
        File.Delete(_folder.At("a.crt"));
        certificates.Poll(_log);
        certificates.Poll(_log);
        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "b.test" }));
        Assert.That(_log.Lines, Has.Count.EqualTo(4).And.All.StartsWith("renewed ").And.ItemAt(3).EqualTo("renewed 1"));
    }

    [TestCase("a.crt")]
    [TestCase("m.crt")]
    [TestCase("z.crt")]
    public void Certificate_whose_file_is_removed_before_the_new_one_is_written_stays_in_service(string file)
    {
        string[] names = ["a.test", "m.test", "z.test"];
        Array.ForEach(names, name => _folder.Write(name[..1], [name]));
        var certificates = Read();
        var text = File.ReadAllText(_folder.At(file));

        for (var renewals = 0; renewals < 2; renewals++)
        {
            File.Delete(_folder.At(file));
            certificates.Poll(_log);
            Assert.That(NamesOf(certificates), Is.EqualTo(names));
            _folder.WriteText(file, text);
            certificates.Poll(_log);
            Assert.That(NamesOf(certificates), Is.EqualTo(names));
        }
    }

    [Test]
    public void Certificate_whose_file_was_removed_goes_at_once_when_the_operator_asks()
    {
        _folder.Write("a", ["a.test"]);
        _folder.Write("b", ["b.test"]);
        var certificates = Read();
        File.Delete(_folder.At("a.crt"));

        certificates.Reload();

        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "b.test" }));
    }

    [Test]
    public void Each_certificate_names_its_file_and_why_the_file_could_not_be_read_again()
    {
        _folder.Write("a", ["a.test"]);
        _folder.Write("b", ["b.test"]);
        var certificates = Read();
        _folder.WriteText("a.crt", "half of a file");

        certificates.Poll(_log);
        var afterOnce = certificates.Snapshot().Certificates;
        certificates.Poll(_log);
        var afterTwice = certificates.Snapshot().Certificates;

        Assert.That(afterOnce.Select(view => view.LastProblem), Is.EqualTo(new string?[] { null, null }), "it may be being written");
        Assert.That(afterTwice.Select(view => view.File), Is.EqualTo(new[] { _folder.At("a.crt"), _folder.At("b.crt") }));
        Assert.That(afterTwice.Select(view => (view.State, view.Source)), Is.All.EqualTo(("valid", "file")));
        Assert.That(afterTwice[0].LastProblem, Does.Contain(_folder.At("a.crt")));
        Assert.That(afterTwice[1].LastProblem, Is.Null);
        Assert.That(afterTwice[0].ForAnybody().LastProblem, Does.Not.Contain(_folder.Path));
    }

    [Test]
    public void Link_to_a_folder_that_is_replaced_is_noticed()
    {
        // As in the secrets of Kubernetes and in certbot's folder "live": the paths stay, a link changes.
        Directory.CreateDirectory(_folder.At("1"));
        Directory.CreateDirectory(_folder.At("2"));
        _folder.Write("1/tls", ["one.test"]);
        _folder.Write("2/tls", ["two.test"]);
        Directory.CreateSymbolicLink(_folder.At("..data"), "1");
        Directory.CreateDirectory(_folder.At("seen"));
        File.CreateSymbolicLink(_folder.At("seen/tls.crt"), "../..data/tls.crt");
        File.CreateSymbolicLink(_folder.At("seen/tls.key"), "../..data/tls.key");
        var certificates = Read(_folder.At("seen"));

        Directory.Delete(_folder.At("..data"));
        Directory.CreateSymbolicLink(_folder.At("..data"), "2");
        certificates.Poll(_log);

        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "two.test" }));
    }

    [Test]
    public void Half_written_pair_keeps_the_old_one_and_is_tried_again()
    {
        _folder.Write("a", ["a.test"]);
        var certificates = Read();
        var key = File.ReadAllText(_folder.At("a.key"));
        _folder.Write("a", ["new.test"]);
        var newKey = File.ReadAllText(_folder.At("a.key"));

        _folder.WriteText("a.key", key);
        certificates.Poll(_log);
        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "a.test" }));
        Assert.That(_log.Lines, Is.Empty, "the other file may come at once");
        certificates.Poll(_log);
        certificates.Poll(_log);
        Assert.That(_log.Lines, Has.Count.EqualTo(1), "once is enough");
        Assert.That(_log.Lines[0], Does.StartWith("failed").And.Contain("a.key"));
        Assert.That(certificates.Snapshot().Warnings, Has.One.Contains("could not be read again"));
        _folder.WriteText("a.key", newKey);
        certificates.Poll(_log);

        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "new.test" }));
        Assert.That(_log.Lines[1], Is.EqualTo("renewed 1"));
        Assert.That(certificates.Snapshot().Warnings, Is.Empty);
    }

    [Test]
    public void Reload_that_fails_throws_and_keeps_each_last_good_certificate()
    {
        _folder.Write("a", ["a.test"]);
        _folder.Write("b", ["b.test"]);
        var certificates = Read();
        _folder.WriteText("a.crt", "gone");
        _folder.Write("b", ["new.test"]);

        Assert.That(certificates.Reload, Throws.TypeOf<UsageException>().With.Message.Contains("a.crt has no certificate"));
        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "a.test", "new.test" }));
    }

    [Test]
    public void Certificate_that_the_engine_refuses_is_named_at_the_start()
    {
        _folder.Write("a", ["a.test"], rsaBits: 1024);

        Assert.That(
            () => Read(), Throws.TypeOf<UsageException>().With.Message.Contains($"{_folder.At("a.crt")}: a.test: OpenSSL refuses"));
    }

    [Test]
    public void Certificate_that_the_engine_refuses_keeps_no_other_one_from_being_renewed()
    {
        _folder.Write("a", ["a.test"]);
        _folder.Write("b", ["b.test"]);
        var certificates = Read();
        using var other = new CertificateFolder();
        other.Write("x", ["x.test"]);
        var acquired = CertificateReader.Read(
            new CertificatePair(other.At("x.crt"), other.At("x.key"), "--x", "--x"), passwordFile: null);
        _folder.Write("a", ["weak.test"], rsaBits: 1024);
        _folder.Write("b", ["new.test"]);

        Assert.That(certificates.Reload, Throws.TypeOf<UsageException>().With.Message.Contains("a.crt: weak.test: OpenSSL refuses"));
        certificates.SetAcquired([acquired]);

        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "a.test", "new.test", "x.test" }));
        Assert.That(certificates.Snapshot().Warnings, Has.One.Contains("could not be read again"));
    }

    [Test]
    public void Emptied_directory_keeps_the_certificates()
    {
        _folder.Write("a", ["a.test"]);
        var certificates = Read();
        File.Delete(_folder.At("a.crt"));

        Assert.That(certificates.Reload, Throws.TypeOf<UsageException>().With.Message.Contains("has no certificate"));
        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "a.test" }));
    }

    [TestCase(30, -1, "has expired on")]
    [TestCase(-1, 30, "is not valid before")]
    [TestCase(80, 10, "expires on")]
    [TestCase(5, 1, "expires on")]
    public void Certificate_that_is_not_valid_for_long_is_served_with_a_warning(int daysBefore, int daysAfter, string expected)
    {
        _folder.Write("a", ["a.test"], daysBefore, daysAfter);

        var certificates = Read();

        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "a.test" }));
        Assert.That(certificates.Snapshot().Warnings, Has.One.Contains($"the certificate for a.test {expected}"));
    }

    [Test]
    public void Open_key_is_told_and_a_closed_one_is_not()
    {
        _folder.Write("a", ["a.test"]);
        var certificates = Read();

        Assert.That(certificates.FindOpenKeys(), Is.Null);
        File.SetUnixFileMode(_folder.At("a.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.That(certificates.FindOpenKeys(), Does.Contain("a.key is open to other users"));
    }

    [Test]
    public void Acquired_certificates_come_after_those_of_files_and_survive_a_reload()
    {
        _folder.Write("a", ["a.test"]);
        var certificates = Read();
        using var other = new CertificateFolder();
        other.Write("x", ["x.test"]);
        var pair = new CertificatePair(other.At("x.crt"), other.At("x.key"), "--x", "--x");

        certificates.SetAcquired([CertificateReader.Read(pair, passwordFile: null)]);
        certificates.Reload();

        Assert.That(NamesOf(certificates), Is.EqualTo(new[] { "a.test", "x.test" }));
        Assert.That(certificates.Snapshot().Certificates.Select(view => view.Source), Is.EqualTo(new[] { "file", "acme" }));
    }

    private static IEnumerable<string> NamesOf(TlsCertificates certificates) =>
        certificates.Source.Certificates.Certificates.Select(certificate => certificate.Names[0]);

    private TlsCertificates Read(string? directory = null) => new(
        CertificateUse.Proxy,
        new CertificateFileOptions { Directory = directory ?? _folder.Path },
        new TlsPolicy(),
        TransportKind.Auto,
        TimeProvider.System);
}
