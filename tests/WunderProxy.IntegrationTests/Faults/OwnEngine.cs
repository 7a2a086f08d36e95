using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Scripts;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>A Docker engine that a test may stop, kill and start again; set up by <c>eng/setup.sh</c> in its own folder.</summary>
internal sealed partial class OwnEngine : IAsyncDisposable
{
    private readonly string _folder = Path.Combine("/tmp", $"wpe-{Guid.NewGuid().ToString("N")[..8]}");
    private string[] _commandLine = [];

    public string SocketPath => Path.Combine(_folder, "engine/docker.sock");

    public string DockerHost => $"unix://{SocketPath}";

    /// <summary>Whether its daemon was not ended.</summary>
    public bool IsRunning => File.Exists(PidFile);

    private string PidFile => Path.Combine(_folder, "engine/dockerd.pid");

    private Dictionary<string, string> Variables => new(StringComparer.Ordinal) { ["WUNDERPROXY_TEST_DIR"] = _folder };

    /// <summary>Sets one up.</summary>
    /// <param name="isLiveRestore">Containers outlive the daemon, however it ends.</param>
    public static async Task<OwnEngine> StartNewAsync(bool isLiveRestore)
    {
        var engine = new OwnEngine();
        await HostCommand.RunAsync("bash", [Script("setup.sh"), "--engine-only"], engine.Variables);
        engine._commandLine = CommandLineOf(engine.Pid());
        if (isLiveRestore)
        {
            await engine.EndAsync(WunderProxyProcess.SigTerm);
            engine._commandLine = [.. engine._commandLine, "--live-restore"];
            await engine.StartAsync();
        }

        return engine;
    }

    /// <summary>Ends the daemon by a signal and waits until it is gone.</summary>
    public async Task EndAsync(int signal)
    {
        var pid = Pid();
        Assert.That(Kill(pid, signal), Is.Zero);
        await Eventually.TrueAsync("the end of the engine", () => CommandLineOf(pid).Length == 0, 60);

        // The daemon refuses to start while a process, were it a zombie, has the number in its file.
        File.Delete(PidFile);
    }

    /// <summary>Starts the daemon as it was started before.</summary>
    public async Task StartAsync()
    {
        var log = Path.Combine(_folder, "engine/dockerd.log");
        using var shell = Process.Start(new ProcessStartInfo(
            "sh", ["-c", "log=$1; shift; setsid \"$@\" >>\"$log\" 2>&1 </dev/null &", "sh", log, .. _commandLine]))!;
        await shell.WaitForExitAsync();
        using var engine = new TestEngine(SocketPath);
        await Eventually.TrueAsync("the engine", async () =>
        {
            await engine.ListAsync("none=none");
            return true;
        });
    }

    public async ValueTask DisposeAsync() => await HostCommand.RunAsync("bash", [Script("teardown.sh")], Variables);

    private static string Script(string name) => Repository.PathOf(Path.Combine("eng", name));

    // Empty when the process has ended, its parent asked or not.
    private static string[] CommandLineOf(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private int Pid() => int.Parse(File.ReadAllText(PidFile), System.Globalization.CultureInfo.InvariantCulture);
}
