using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Scripts;

/// <summary>
/// What <c>.ci/run</c> promises about its last line and its exit code, with a <c>dotnet</c> that only says what it is told:
/// a copy of the scripts in a folder whose name has a space, with one test project.
/// </summary>
internal sealed partial class TestScriptTests
{
    private const string Project = "Some.Tests";

    // Answers `test` with the exit code and the counters that the test sets, and fails the verb that it names.
    private const string Dotnet =
        """
        #!/bin/bash
        [ "$1" != --list-sdks ] || { echo '10.0.100 [/usr/share/dotnet/sdk]'; exit; }
        [ "$1" != "${STUB_FAILS:-}" ] || { echo "$1 failed" >&2; exit 1; }
        [ "$1" = test ] || exit 0
        for argument; do case $argument in trx*) file=${argument#*=} ;; esac; done
        [ -z "${STUB_COUNTERS:-}" ] || echo "<Counters $STUB_COUNTERS />" >"$file"
        echo "umask $(umask) home $HOME temporary $TMPDIR"
        exit "${STUB_CODE:-0}"
        """;

    private const string ThreePassed = "total=\"3\" executed=\"3\" passed=\"3\" failed=\"0\"";

    private DirectoryInfo _folder = null!;

    [SetUp]
    public async Task CopyScriptsAsync()
    {
        _folder = Directory.CreateTempSubdirectory("wunderproxy scripts-");
        foreach (var name in new[] { "eng", ".ci" })
        {
            await HostProgram.SucceedAsync("bash", ["-c", "cp -R \"$0\" \"$1\"", Repository.PathOf(name), _folder.FullName]);
        }

        Directory.CreateDirectory(PathOf($"tests/{Project}"));
        await File.WriteAllTextAsync(PathOf($"tests/{Project}/{Project}.csproj"), "");
        Directory.CreateDirectory(PathOf("bin"));
        await File.WriteAllTextAsync(PathOf("bin/dotnet"), Dotnet);
        File.SetUnixFileMode(PathOf("bin/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [TearDown]
    public void RemoveScripts() => _folder.Delete(recursive: true);

    [TestCase(ThreePassed, "0", "", 0, "3 passed, 0 failed")]
    [TestCase("total=\"3\" executed=\"3\" passed=\"2\" failed=\"1\"", "1", "", 1, "2 passed, 1 failed")]
    [TestCase("total=\"3\" executed=\"2\" passed=\"2\" failed=\"0\"", "0", "", 0, "2 passed, 0 failed", Description = "one was skipped")]
    [TestCase(ThreePassed, "1", "", 1, "3 passed, 1 failed", Description = "the test host died after its last test")]
    [TestCase("", "1", "", 1, "0 passed, 1 failed", Description = "the test host died")]
    [TestCase("", "0", "", 1, "0 passed, 1 failed", Description = "no results were written")]
    [TestCase("total=\"0\" executed=\"0\" passed=\"0\" failed=\"0\"", "0", "", 1, "0 passed, 1 failed", Description = "no test was found")]
    [TestCase(ThreePassed, "0", "format", 1, "3 passed, 1 failed")]
    [TestCase(ThreePassed, "0", "restore", 1, "0 passed, 1 failed")]
    [TestCase(ThreePassed, "0", "build", 1, "0 passed, 1 failed")]
    public async Task Last_line_and_exit_code_say_how_it_went(string counters, string code, string fails, int exitCode, string lastLine)
    {
        var result = await RunAsync(
            [Project], ("STUB_COUNTERS", counters), ("STUB_CODE", code), ("STUB_FAILS", fails));

        AssertEnded(result, exitCode, lastLine);
    }

    [TestCase("Other.Tests")]
    [TestCase("--no-such-option")]
    [TestCase("--filter")]
    public async Task Wrong_argument_is_a_failure(string argument)
    {
        var result = await RunAsync([argument], ("STUB_COUNTERS", ThreePassed));

        AssertEnded(result, 1, "0 passed, 1 failed");
        Assert.That(result.Errors, Does.Contain(argument));
    }

    [Test]
    public async Task Filter_that_takes_no_test_is_a_failure()
    {
        var result = await RunAsync(
            ["--filter", "Name~x", Project], ("STUB_COUNTERS", "total=\"0\" executed=\"0\" passed=\"0\" failed=\"0\""));

        AssertEnded(result, 1, "0 passed, 1 failed");
    }

    [TestCase("umask 077")]
    [TestCase("unset HOME")]
    [TestCase("export HOME=/no/such/home")]
    [TestCase("export TMPDIR=/no/such/folder")]
    [TestCase("export CI=true CDPATH=/ LANG=de_DE.UTF-8")]
    [TestCase("exec <&-")]
    [TestCase("trap '' HUP INT")]
    public async Task Surroundings_decide_nothing(string before)
    {
        var result = await RunAfterAsync(before, [Project], ("STUB_COUNTERS", ThreePassed));

        AssertEnded(result, 0, "3 passed, 0 failed");
        var log = await File.ReadAllTextAsync(PathOf($"artifacts/test-results/{Project}.log"));
        var seen = Seen().Match(log);
        Assert.That(seen.Groups["umask"].Value, Is.EqualTo("0022"));
        Assert.That(seen.Groups["home"].Value, Does.Exist);
        Assert.That(seen.Groups["temporary"].Value, Does.StartWith("/tmp/").And.Not.Exist, "removed at the end");
    }

    private static void AssertEnded(ProgramResult result, int exitCode, string lastLine)
    {
        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.ToString());
        Assert.That(result.Output.TrimEnd('\n').Split('\n')[^1], Is.EqualTo(lastLine), result.ToString());
    }

    private Task<ProgramResult> RunAsync(string[] arguments, params (string Name, string Value)[] variables) =>
        RunAfterAsync(":", arguments, variables);

    private Task<ProgramResult> RunAfterAsync(string before, string[] arguments, params (string Name, string Value)[] variables) =>
        HostProgram.RunAsync(
            "bash",
            ["-c", $"{before}; exec \"$0\" \"$@\"", PathOf(".ci/run"), .. arguments],
            variables.Append(("PATH", $"{PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}"))
                .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal));

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    [GeneratedRegex("umask (?<umask>\\S+) home (?<home>.*) temporary (?<temporary>.*)", RegexOptions.None, 1000)]
    private static partial Regex Seen();
}
