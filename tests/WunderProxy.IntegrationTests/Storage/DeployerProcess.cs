using System.Diagnostics;

namespace WunderProxy.IntegrationTests.Storage;

/// <summary>A deployer in a process of its own, told round by round.</summary>
internal sealed class DeployerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    public DeployerProcess(string bucket, string prefix, string name, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "wunderproxy-store-deployer"))
        {
            ArgumentList = { bucket, prefix, name },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        _process = Process.Start(start)!;
    }

    /// <summary>Waits until it can be told.</summary>
    public async Task AwaitReadyAsync() => Assert.That(await ReadAsync(), Is.EqualTo("ready"));

    /// <summary>One deploy; what came of it.</summary>
    public async Task<string> DeployAsync(int round)
    {
        await _process.StandardInput.WriteLineAsync($"{round}");
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
        ?? throw new AssertionException("the deployer ended");
}
