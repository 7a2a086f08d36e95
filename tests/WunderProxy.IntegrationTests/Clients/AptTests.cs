using System.Globalization;
using System.Security.Cryptography;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>apt through the proxy, from a repository of one package; its folders are not the machine's.</summary>
[TestFixture("epoll")]
[TestFixture("sockets")]
[Parallelizable]
internal sealed class AptTests(string transport) : ClientFixture(transport)
{
    private const string Package = "wunderproxy-test-package";
    private const int ContentBytes = 2_000_000;

    [Test]
    public async Task Package_of_the_repository_is_found_and_downloaded()
    {
        await File.WriteAllTextAsync(PathOf("sources.list"), $"deb [trusted=yes] {Url("/files/archive")} ./\n");

        await AptAsync("apt-get", "update");
        var known = await AptAsync("apt-cache", "show", Package);
        await AptAsync("apt-get", "download", Package);

        Assert.That(known.Output, Does.Contain("Version: 1.2"));
        var downloaded = await File.ReadAllBytesAsync(PathOf($"{Package}_1.2_all.deb"));
        var served = await File.ReadAllBytesAsync(PathOf("archive/package.deb"));
        Assert.That(downloaded, Is.EqualTo(served));
    }

    protected override async Task PrepareAsync()
    {
        string[] folders = ["state/lists/partial", "cache/archives/partial", "etc", "archive", "tree/DEBIAN"];
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(PathOf(folder));
        }

        await File.WriteAllTextAsync(PathOf("status"), string.Empty);
        await File.WriteAllTextAsync(
            PathOf("tree/DEBIAN/control"),
            $"Package: {Package}\nVersion: 1.2\nArchitecture: all\n"
            + "Maintainer: Test <test@example.test>\nDescription: nothing\n");
        await File.WriteAllBytesAsync(PathOf("tree/content"), RandomNumberGenerator.GetBytes(ContentBytes));
        await HostProgram.SucceedAsync(
            "dpkg-deb", ["--root-owner-group", "--build", PathOf("tree"), PathOf("archive/package.deb")]);
        await WriteIndexAsync();
    }

    /// <summary>The index that apt reads: the package's control fields, where it lies and its digest.</summary>
    private async Task WriteIndexAsync()
    {
        var package = await File.ReadAllBytesAsync(PathOf("archive/package.deb"));
        var fields = await HostProgram.SucceedAsync("dpkg-deb", ["--field", PathOf("archive/package.deb")]);
        var size = package.Length.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(
            PathOf("archive/Packages"),
            $"{fields.Output.TrimEnd()}\nFilename: ./package.deb\nSize: {size}\n"
            + $"SHA256: {Convert.ToHexStringLower(SHA256.HashData(package))}\n");
    }

    private Task<ProgramResult> AptAsync(string program, params string[] arguments) =>
        HostProgram.SucceedAsync("sh", ["-c", "cd \"$0\" && exec \"$@\"", Folder, program, .. Options(), .. arguments]);

    private string[] Options() =>
    [
        "-o", $"Dir::State={PathOf("state")}", "-o", $"Dir::State::status={PathOf("status")}",
        "-o", $"Dir::Cache={PathOf("cache")}", "-o", $"Dir::Etc={PathOf("etc")}",
        "-o", $"Dir::Etc::sourcelist={PathOf("sources.list")}", "-o", "Dir::Etc::sourceparts=-",
        "-o", "Acquire::http::Proxy=DIRECT", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=0",
        "-o", "Acquire::Languages=none", "-o", "APT::Update::Error-Mode=any",
    ];
}
