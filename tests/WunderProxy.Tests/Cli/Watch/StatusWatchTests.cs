using System.Diagnostics;
using System.Text.RegularExpressions;

namespace WunderProxy.Tests.Cli.Watch;

/// <summary>The real executable on a terminal.</summary>
[Parallelizable]
internal sealed partial class StatusWatchTests
{
    private const string TakesTheScreen = "\u001b[?1049h";
    private const string GivesItBack = "\u001b[?25h\u001b[?1049l";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Watch_shows_the_state_and_quits_by_a_key()
    {
        await using var instance = await StartAsync();
        using var terminal = new PseudoTerminal();
        using var watch = terminal.Start($"status --manager {instance.Address} --watch");
        await terminal.WaitForAsync("q: quit");

        // A key that does nothing first, and one that scrolls.
        terminal.Type("x\u001b[Bq");
        await EndAsync(watch);

        Assert.That(watch.ExitCode, Is.Zero);
        await terminal.WaitForAsync(GivesItBack);
        Assert.That(terminal.Shown, Does.Contain(TakesTheScreen).And.Contain("\u001b[32mserving\u001b[0m").And.Contain("24 h"));
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public async Task Signal_gives_the_screen_back(string signal)
    {
        await using var instance = await StartAsync();
        using var terminal = new PseudoTerminal();
        using var watch = terminal.Start($"status --manager {instance.Address} --watch", noColour: "1");
        await terminal.WaitForAsync("q: quit");

        using (var kill = Process.Start("kill", [$"-{signal}", $"{watch.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await EndAsync(watch);

        await terminal.WaitForAsync(GivesItBack);
        Assert.That(terminal.Shown, Does.Contain("serving").And.Not.Contain("\u001b[32m"));
    }

    [Test]
    public async Task Watch_into_a_pipe_prints_blocks_and_lines_of_json()
    {
        await using var instance = await StartAsync();
        using var text = Start("status", "--manager", instance.Address, "--watch");
        using var json = Start("status", "--manager", instance.Address, "--watch", "--json");

        var first = await text.StandardOutput.ReadLineAsync().WaitAsync(Deadline);
        var lines = new[]
        {
            await json.StandardOutput.ReadLineAsync().WaitAsync(Deadline),
            await json.StandardOutput.ReadLineAsync().WaitAsync(Deadline),
        };
        text.Kill();
        json.Kill();

        Assert.That(first, Does.EndWith(": serving").And.Not.Contain("\u001b"));
        Assert.That(lines, Is.All.StartsWith("{\"HeapSize\":").And.All.EndsWith("}"));
    }

    [Test]
    public async Task Watch_on_a_terminal_without_a_screen_prints_blocks()
    {
        await using var instance = await StartAsync();
        using var terminal = new PseudoTerminal();
        using var watch = terminal.Start($"status --manager {instance.Address} --watch", kind: "dumb");
        await terminal.WaitForAsync(": serving");
        watch.Kill();
        await EndAsync(watch);

        Assert.That(terminal.Shown, Does.Not.Contain("\u001b"));
    }

    [TestCase("--json")]
    [TestCase("")]
    public async Task Watch_ends_once_nobody_reads_it(string form)
    {
        await using var instance = await StartAsync();
        string[] arguments = ["status", "--manager", instance.Address, "--watch", form];
        using var watch = Start([.. arguments.Where(argument => argument.Length > 0)]);
        Assert.That(await watch.StandardOutput.ReadLineAsync().WaitAsync(Deadline), Is.Not.Empty);

        watch.StandardOutput.Close();

        try
        {
            await EndAsync(watch);
            Assert.That(watch.ExitCode, Is.Zero);
        }
        finally
        {
            watch.Kill();
        }
    }

    [GeneratedRegex(@"manager API on (?<address>\S+)", RegexOptions.None, 1000)]
    private static partial Regex ApiAddress();

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "wunderproxy"), arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;

    private static async Task EndAsync(Process program)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await program.WaitForExitAsync(deadline.Token);
    }

    private static async Task<Instance> StartAsync()
    {
        var program = Start(
            "forward", "--upstream", "127.0.0.1:1", "--proxy", "127.0.0.1:0", "--api", "127.0.0.1:0");
        while (await program.StandardError.ReadLineAsync().WaitAsync(Deadline) is { } line)
        {
            if (ApiAddress().Match(line) is { Success: true } match)
            {
                return new Instance(program, match.Groups["address"].Value);
            }
        }

        throw new AssertionException("the program ended before it named its address");
    }

    private sealed class Instance(Process program, string address) : IAsyncDisposable
    {
        public string Address => address;

        public async ValueTask DisposeAsync()
        {
            program.Kill();
            await program.WaitForExitAsync();
            program.Dispose();
        }
    }
}
