using System.Text.RegularExpressions;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Lifecycle;

namespace WunderProxy.IntegrationTests.Scripts;

/// <summary>What a machine has by accident: programs that tests run and the set-up does not install.</summary>
internal sealed partial class PackagesTests
{
    private const string Missing = "no-such-program";

    // The SDK is asked for by name before anything else; the others belong to Debian's required packages.
    private static readonly string[] AlwaysThere = ["dotnet", "sh", "bash", "mount", "umount", "apt-get", "apt-cache", "env", "setsid"];

    // Command lines of our own program without its name.
    private static readonly string[] OwnCommands = ["run", "forward", "deploy", "rollback", "history", "current", "status", "explain"];

    [Test]
    public void Every_program_that_a_test_runs_is_installed_by_the_setup()
    {
        var packages = File.ReadAllText(Repository.PathOf("eng/parts/packages.sh"));
        var used = Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Programs().Matches(File.ReadAllText(file)))
            .Select(match => Path.GetFileName(match.Groups["name"].Value))
            .Distinct(StringComparer.Ordinal)
            .Except(AlwaysThere.Concat(OwnCommands), StringComparer.Ordinal)
            .ToArray();

        var unknown = used.Where(name => !Regex.IsMatch(packages, $@"need(_static|_file)? (/\S*/)?{Regex.Escape(name)} ", RegexOptions.None, TimeSpan.FromSeconds(1)));

        Assert.That(used, Does.Contain("curl").And.Contain("busybox").And.Contain("setpriv"), "the expression finds them");
        Assert.That(unknown, Is.Empty, "eng/parts/packages.sh must install them");
    }

    [TestCase("/bin/bash", false)]
    [TestCase("/bin/busybox", true)]
    public void Static_program_is_told_from_one_that_needs_libraries(string path, bool isStatic) =>
        Assert.That(StaticBusybox.IsStatic(File.ReadAllBytes(path)), Is.EqualTo(isStatic));

    [Test]
    public async Task Dynamic_program_in_the_place_of_a_static_one_is_missing()
    {
        var result = await SourceAsync("need_static /bin/bash busybox-static; need_static /bin/busybox other; echo \"${MISSING[*]}\"");

        Assert.That(result.Output.Trim(), Is.EqualTo("busybox-static"), result.ToString());
    }

    [Test]
    public void Missing_program_is_named()
    {
        Assert.That(
            () => MachineProgram.PathOf(Missing),
            Throws.InstanceOf<AssertionException>().With.Message.Contains($"{Missing} is missing"));
    }

    private static Task<ProgramResult> SourceAsync(string commands) => HostProgram.RunAsync(
        "bash", ["-c", ". \"$0/eng/lib.sh\"; . \"$ROOT/eng/parts/packages.sh\"; " + commands, Repository.Folder]);

    // The first argument of whatever starts a program, a command line (a name and an option after it), and every path of one.
    [GeneratedRegex(
        """(?:(?:HostProgram\.\w+|HostCommand\.\w+|MachineProgram\.PathOf|StartRivalAsync|new ProcessStartInfo)\(\s*|wrapper: \[)"(?<name>[a-z0-9/_.-]+)"|\["(?<name>[a-z][a-z0-9.-]*)", \$?"-|"(?<name>/(?:usr/)?(?:local/)?s?bin/[a-z0-9_.-]+)""",
        RegexOptions.None,
        1000)]
    private static partial Regex Programs();
}
