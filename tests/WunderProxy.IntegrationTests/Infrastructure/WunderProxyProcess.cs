using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>The built program in a process of its own, its output kept.</summary>
internal sealed partial class WunderProxyProcess : IDisposable
{
    public const int SigTerm = 15;
    public const int SigHup = 1;
    public const int SigKill = 9;

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];

    private WunderProxyProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The program under test: beside the tests, or named by WUNDERPROXY_TEST_PROGRAM.</summary>
    public static string Program => Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_PROGRAM")
        ?? Path.Combine(AppContext.BaseDirectory, "wunderproxy");

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Lines on standard output so far.</summary>
    public string Output => Join(_output);

    /// <summary>Lines on standard error so far.</summary>
    public string Errors => Join(_errors);

    /// <summary>Starts it; the variables are added to a clean environment.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Added to its environment.</param>
    /// <param name="wrapper">A program, with arguments, that starts ours, which follows.</param>
    public static WunderProxyProcess Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null, IReadOnlyList<string>? wrapper = null)
    {
        string[] line = [.. wrapper ?? [], Program, .. arguments];
        var start = new ProcessStartInfo(MachineProgram.PathOf(line[0]), line[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToArray())
        {
            start.Environment.Remove(name);
        }

        if (TestEnvironment.Transport is { Length: > 0 } transport)
        {
            start.Environment["WUNDERPROXY_TRANSPORT"] = transport;
        }

        foreach (var (name, value) in variables ?? ReadOnlyDictionary<string, string>.Empty)
        {
            start.Environment[name] = value;
        }

        return new WunderProxyProcess(new Process { StartInfo = start });
    }

    /// <summary>Runs it to its end; the parameters are those of <see cref="Start"/>.</summary>
    public static async Task<ProgramResult> RunAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? variables = null,
        IReadOnlyList<string>? wrapper = null,
        int seconds = 60)
    {
        using var process = Start(arguments, variables, wrapper);
        var code = await process.WaitForExitAsync(seconds);
        return new ProgramResult(code, process.Output, process.Errors);
    }

    /// <summary>A TCP port of 127.0.0.1 that is free now.</summary>
    public static IPEndPoint FreeEndPoint() => new(IPAddress.Loopback, FreePort.Next());

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(int seconds = 30)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException exception)
        {
            throw new AssertionException($"the program still runs after {seconds} s\n{Output}\n{Errors}", exception);
        }

        return _process.ExitCode;
    }

    public void Signal(int signal)
    {
        if (!_process.HasExited && Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    // What a developer has set for himself must not reach the program under test.
    private static bool IsOurs(string name) =>
        name.StartsWith("WUNDERPROXY_", StringComparison.Ordinal) || name.StartsWith("AWS_", StringComparison.Ordinal)
        || name.StartsWith("DOCKER_", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private void Keep(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (_gate)
            {
                lines.Add(line);
            }
        }
    }

    private string Join(List<string> lines)
    {
        lock (_gate)
        {
            return string.Join('\n', lines);
        }
    }
}
