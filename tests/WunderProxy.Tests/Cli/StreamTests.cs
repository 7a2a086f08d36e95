using System.Diagnostics;

namespace WunderProxy.Tests.Cli;

/// <summary>The real executable with outputs that take nothing: one line and an exit code, never a core dump.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class StreamTests
{
    private const string Entry =
        """[{"Revision":"r1","DeployedAt":"2020-01-01T00:00:00Z","DeployedBy":"x","Hash":"0123456789abcdef0123456789abcdef"}]""";

    [TestCase("history STORE p | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", 0, "", TestName = "Reader_that_goes_away_is_no_failure")]
    [TestCase("history STORE p >/dev/full", 1, "No space left", TestName = "Full_disk_behind_standard_output")]
    [TestCase("history STORE p --json >/dev/full", 1, "No space left", TestName = "Full_disk_behind_json")]
    [TestCase("history STORE p >&-", 1, "standard output", TestName = "Closed_standard_output")]
    [TestCase("--help >/dev/full", 1, "No space left", TestName = "Full_disk_behind_help")]
    [TestCase("deploy --help >&-", 1, "standard output", TestName = "Closed_standard_output_of_help")]
    [TestCase("history STORE p --bogus 2>/dev/full", 2, "", TestName = "Full_disk_behind_standard_error")]
    [TestCase("history STORE p --bogus 2>&-", 2, "", TestName = "Closed_standard_error")]
    [TestCase("history STORE p <&- >&- 2>&-", 1, "", TestName = "Closed_streams_all")]
    [TestCase("history STORE p <&- >&-", 1, "standard output: it was closed", TestName = "Closed_standard_input_and_output")]
    [TestCase("history STORE p --bogus <&- >&- 2>&-", 2, "", TestName = "Closed_streams_of_a_bad_line")]
    [TestCase("deploy STORE p --manager 127.0.0.1:1 --config - <&-", 2, "it was closed", TestName = "Closed_standard_input")]
    [TestCase("deploy STORE p --manager 127.0.0.1:1 --config - <&- >&-", 2, "it was closed", TestName = "Closed_standard_input_with_output")]
    [TestCase("deploy STORE p --manager 127.0.0.1:1 --config /dev/zero", 2, "more than 1 MiB", TestName = "Endless_launch_config")]
    [TestCase("deploy STORE p --manager 127.0.0.1:1 --config - </dev/zero", 2, "more than 1 MiB", TestName = "Endless_standard_input")]
    [TestCase("status --manager 127.0.0.1:1 >/dev/full 2>/dev/full", 1, "", TestName = "Full_disk_behind_both")]
    public async Task Command_ends_with_a_code(string command, int code, string words)
    {
        var (ended, output, errors) = await RunAsync(command);

        Assert.That(ended, Is.EqualTo(code), output + errors);
        Assert.That(errors, Does.Contain(words).And.Not.Contain("Unhandled").And.Not.Contain("   at "));
        Assert.That(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.LessThanOrEqualTo(1));
    }

    [Test]
    public async Task Manager_out_of_reach_is_told_on_standard_error([Values("", "--json")] string form)
    {
        var (code, output, errors) = await RunAsync($"status --manager 127.0.0.1:1 {form}");

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.Contain("127.0.0.1:1").And.Contain("refused"));
        Assert.That(errors.StartsWith('{'), Is.EqualTo(form.Length > 0), "a program reads JSON there too");
    }

    /// <summary>SIGINT takes the same way; a shell's job in the background ignores it.</summary>
    [Test]
    public async Task Interrupted_command_ends_in_order()
    {
        var (code, output, errors) = await RunAsync(
            "status --watch --manager unix:$DIR/none >$DIR/out 2>$DIR/err & pid=$!; "
            + "until [ -s $DIR/err ]; do sleep 0.05; done; "
            + "kill -TERM $pid; wait $pid; code=$?; cat $DIR/err >&2; exit $code");

        Assert.That(code, Is.EqualTo(1), output + errors);
        Assert.That(errors, Does.Not.Contain("   at "));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string command)
    {
        var folder = Directory.CreateTempSubdirectory("wunderproxy-streams-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "store", "p"));
        await File.WriteAllTextAsync(Path.Combine(folder, "store", "p", "history.json"), Entry);
        var program = Path.Combine(AppContext.BaseDirectory, "wunderproxy");
        var line = $"DIR={folder}; {program} {command.Replace("STORE", $"file:{folder}/store", StringComparison.Ordinal)}";
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", line])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        // Bounds a hang; a machine that builds and tests at once needs many seconds to start a process.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await shell.WaitForExitAsync(limit.Token);
        Directory.Delete(folder, recursive: true);
        return (shell.ExitCode, await output, await errors);
    }
}
