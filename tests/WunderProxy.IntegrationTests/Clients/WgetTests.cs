using WunderProxy.ClientApplication;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>wget through the proxy.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.WithOpenSsl))]
[Parallelizable]
internal sealed class WgetTests(string wiring) : ClientFixture(wiring)
{
    [Test]
    public async Task Mirror_of_linked_pages_is_whole()
    {
        Directory.CreateDirectory(PathOf("site/deep"));
        await File.WriteAllTextAsync(PathOf("site/a.html"), "<a href='deep/b.html'>b</a> <a href='c.bin'>c</a>");
        await File.WriteAllTextAsync(PathOf("site/deep/b.html"), "<a href='../a.html'>a</a>");
        await File.WriteAllBytesAsync(PathOf("site/c.bin"), TestBody.BytesOf(1_000_000));

        await WgetAsync(
            "--recursive", "--no-host-directories", "--directory-prefix", PathOf("mirror"), Url("/files/site/a.html"));

        var linked = await File.ReadAllBytesAsync(PathOf("mirror/files/site/c.bin"));
        Assert.That(linked, Is.EqualTo(TestBody.BytesOf(1_000_000)));
        Assert.That(PathOf("mirror/files/site/deep/b.html"), Does.Exist);
    }

    [Test]
    public async Task Broken_download_is_continued()
    {
        await File.WriteAllBytesAsync(PathOf("whole.bin"), TestBody.BytesOf(500_000));
        Directory.CreateDirectory(PathOf("to"));
        await File.WriteAllBytesAsync(PathOf("to/whole.bin"), TestBody.BytesOf(200_000));

        var result = await WgetAsync(
            "--server-response", "--continue", "--directory-prefix", PathOf("to"), Url("/files/whole.bin"));

        Assert.That(result.Errors, Does.Contain("206 Partial Content"));
        Assert.That(await File.ReadAllBytesAsync(PathOf("to/whole.bin")), Is.EqualTo(TestBody.BytesOf(500_000)));
    }

    [Test]
    public async Task Post_of_a_file_arrives()
    {
        var body = TestBody.BytesOf(300_000);
        await File.WriteAllBytesAsync(PathOf("posted"), body);

        var result = await WgetAsync(
            "--quiet", "--post-file", PathOf("posted"), "--output-document", "-", Url("/upload"));

        Assert.That(result.Output, Does.StartWith(TestBody.ReceiptFor(body)));
    }

    // One try: what fails must not be repaired by a second one.
    private static Task<ProgramResult> WgetAsync(params string[] arguments) =>
        HostProgram.SucceedAsync(
        "wget", ["--no-config", "--tries=1", $"--ca-certificate={ProxyWiring.CertificateFile}", .. arguments]);
}
