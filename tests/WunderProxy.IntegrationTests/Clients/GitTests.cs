using System.Security.Cryptography;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>git over smart HTTP through the proxy.</summary>
[TestFixtureSource(typeof(Wirings), nameof(Wirings.PlainInCheck))]
[Parallelizable]
internal sealed class GitTests(string wiring) : ClientFixture(wiring)
{
    // Beyond git's http.postBuffer of 1 MiB: such a push is sent in chunks.
    private const int PackBytes = 3_000_000;

    // Nobody's own settings; and git must not find a repository around the test's folder.
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_SYSTEM"] = "/dev/null",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_SSL_CAINFO"] = ProxyWiring.CertificateFile,
        ["GIT_AUTHOR_NAME"] = "test",
        ["GIT_AUTHOR_EMAIL"] = "test@example.test",
        ["GIT_COMMITTER_NAME"] = "test",
        ["GIT_COMMITTER_EMAIL"] = "test@example.test",
    };

    [TestCase(1_000)]
    [TestCase(PackBytes)]
    public async Task Pushed_commit_is_cloned(int bytes)
    {
        var content = RandomNumberGenerator.GetBytes(bytes);
        var name = $"repository-{bytes}";
        await GitAsync("init", "--quiet", "--bare", PathOf($"{name}.git"));
        await GitAsync("init", "--quiet", "--initial-branch=main", PathOf(name));
        await File.WriteAllBytesAsync(PathOf($"{name}/file"), content);
        await GitAsync("-C", PathOf(name), "add", "file");
        await GitAsync("-C", PathOf(name), "commit", "--quiet", "--message", "first");

        await GitAsync("-C", PathOf(name), "push", "--quiet", Url($"/git/{name}.git"), "main");
        await GitAsync("clone", "--quiet", "--branch", "main", Url($"/git/{name}.git"), PathOf($"{name}-clone"));

        Assert.That(await File.ReadAllBytesAsync(PathOf($"{name}-clone/file")), Is.EqualTo(content));
        var before = await GitAsync("-C", PathOf(name), "rev-parse", "HEAD");
        var after = await GitAsync("-C", PathOf($"{name}-clone"), "rev-parse", "HEAD");
        Assert.That(after.Output, Is.EqualTo(before.Output));
    }

    private static Task<ProgramResult> GitAsync(params string[] arguments) =>
        HostProgram.SucceedAsync("git", arguments, Variables);
}
