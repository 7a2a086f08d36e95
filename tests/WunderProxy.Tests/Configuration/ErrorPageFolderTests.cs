using System.Diagnostics;
using System.Text;
using WunderProxy.Configuration;

namespace WunderProxy.Tests.Configuration;

internal sealed class ErrorPageFolderTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("wunderproxy-pages-");

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public void Pages_are_read_and_other_files_are_named()
    {
        foreach (var name in (string[])["502.html", "500.json", "404.html", "503.htm", "style.css"])
        {
            File.WriteAllText(Path.Combine(_folder.FullName, name), name);
        }

        var folder = ErrorPageFolder.Read(_folder.FullName);

        Assert.Multiple(() =>
        {
            Assert.That(folder.Pages.Keys, Is.EquivalentTo(new[] { "502.html", "500.json" }));
            Assert.That(Encoding.UTF8.GetString(folder.Pages["502.html"]), Is.EqualTo("502.html"));
            Assert.That(folder.Unused, Is.EqualTo(new[] { "404.html", "503.htm", "style.css" }));
            Assert.That(folder.Warning, Does.StartWith("--error-pages: files that are never used").And.Contains("404.html, 503.htm, style.css"));
        });
    }

    [Test]
    public void Folder_of_nothing_but_pages_is_no_reason_for_a_word()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "503.html"), "soon");

        Assert.That(ErrorPageFolder.Read(_folder.FullName).Warning, Is.Null);
    }

    [Test]
    public void Missing_folder_is_named() =>
        Assert.That(
            () => ErrorPageFolder.Read(_folder.FullName + "/none"),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"--error-pages: no such directory: {_folder.FullName}/none"));

    [Test]
    public void Page_that_is_too_large_is_named()
    {
        var page = Path.Combine(_folder.FullName, "502.html");
        File.WriteAllBytes(page, new byte[ErrorPageFolder.MaxBytes + 1]);

        Assert.That(
            () => ErrorPageFolder.Read(_folder.FullName),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"--error-pages: {page} is larger than 1 MiB"));
    }

    [Test]
    public void Folder_in_the_place_of_a_page_is_named()
    {
        var page = _folder.CreateSubdirectory("502.html").FullName;

        Assert.That(
            () => ErrorPageFolder.Read(_folder.FullName),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"--error-pages: {page} is not an ordinary file"));
    }

    [Test]
    [Platform("Linux")]
    public void Pipe_in_the_place_of_a_page_does_not_keep_the_start_waiting()
    {
        var page = Path.Combine(_folder.FullName, "502.json");
        using var making = Process.Start("mkfifo", page);
        making.WaitForExit();

        Assert.That(
            () => ErrorPageFolder.Read(_folder.FullName),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"--error-pages: {page} is not an ordinary file"));
    }
}
