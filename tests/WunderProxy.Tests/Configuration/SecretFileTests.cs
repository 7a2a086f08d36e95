using System.Diagnostics;
using WunderProxy.Configuration;

namespace WunderProxy.Tests.Configuration;

internal sealed class SecretFileTests
{
    private const string Option = "--api-token-file";

    private string _directory = null!;

    private string FilePath => Path.Combine(_directory, "token");

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("wunderproxy-secret-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [TestCase("secret")]
    [TestCase("secret\n")]
    [TestCase("secret\r\n")]
    [TestCase(" secret \n\n")]
    [TestCase("\ufeffsecret\n")]
    public void Token_may_end_with_a_line_end(string content)
    {
        File.WriteAllText(FilePath, content);

        Assert.That(ApiToken.ReadFile(FilePath), Is.EqualTo("secret"));
    }

    [TestCase("", "is empty")]
    [TestCase(" \n\t\n", "is empty")]
    [TestCase("two\nlines", "inside the token")]
    [TestCase("two words", "inside the token")]
    [TestCase("geheimnüß", "inside the token")]
    public void Content_that_is_no_token_is_an_error_that_names_the_file(string content, string expected)
    {
        File.WriteAllText(FilePath, content);

        var error = Assert.Throws<UsageException>(() => ApiToken.ReadFile(FilePath));

        Assert.That(error!.Message, Does.Contain(FilePath).And.Contain(expected).And.Not.Contain("geheim"));
    }

    [Test]
    public void Pipe_in_the_way_is_an_error_and_no_hang()
    {
        Process.Start("mkfifo", [FilePath]).WaitForExit();

        var error = Assert.Throws<UsageException>(() => ApiToken.ReadFile(FilePath));

        Assert.That(error!.Message, Does.Contain("not a regular file"));
    }

    [Test]
    public void Directory_device_and_missing_file_are_errors()
    {
        foreach (var path in new[] { _directory, "/dev/zero", FilePath, string.Empty, "a\0b" })
        {
            Assert.That(() => ApiToken.ReadFile(path), Throws.TypeOf<UsageException>().With.Message.StartsWith(Option), path);
        }
    }

    [Test]
    public void File_without_end_is_not_read_to_it()
    {
        File.WriteAllBytes(FilePath, new byte[SecretFile.MaxBytes + 1]);

        Assert.That(() => SecretFile.Read(Option, FilePath), Throws.TypeOf<UsageException>().With.Message.Contains("64 KiB"));
    }

    [Test]
    public void Link_to_what_another_user_owns_is_refused()
    {
        var target = Path.Combine(_directory, "theirs");
        File.WriteAllText(target, "secret");
        File.CreateSymbolicLink(FilePath, target);
        Assert.That(ApiToken.ReadFile(FilePath), Is.EqualTo("secret"));

        Process.Start("chown", ["65534", target]).WaitForExit();

        Assert.That(() => ApiToken.ReadFile(FilePath), Throws.TypeOf<UsageException>().With.Message.Contains("user 65534"));
    }

    [TestCase("600", null, false)]
    [TestCase("400", null, false)]
    [TestCase("640", null, false)]
    [TestCase("640", "0:65534", true)]
    [TestCase("644", null, true)]
    [TestCase("604", null, true)]
    [TestCase("660", null, true)]
    [TestCase("602", null, true)]
    [TestCase("600", "65534:0", true)]
    public void File_that_others_can_read_or_change_draws_a_warning(string mode, string? owner, bool isWarned)
    {
        File.WriteAllText(FilePath, "secret");
        Process.Start("chmod", [mode, FilePath]).WaitForExit();
        if (owner is not null)
        {
            Process.Start("chown", [owner, FilePath]).WaitForExit();
        }

        var warning = SecretFile.WarningOf(Option, FilePath);

        Assert.That(warning, isWarned ? Does.Contain(FilePath) : Is.Null);
    }
}
