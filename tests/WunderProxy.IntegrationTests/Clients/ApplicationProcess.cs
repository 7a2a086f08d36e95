using System.Diagnostics;
using System.Net;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>The application behind the proxy, in a process of its own.</summary>
internal sealed class ApplicationProcess : IDisposable
{
    private const string Project = "WunderProxy.ClientApplication";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ApplicationProcess(Process process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    // Beside our own output, built as we were.
    private static string Program
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(own.Parent!.Parent!.FullName, Project, own.Name, $"{Project}.dll");
        }
    }

    /// <summary>Starts it over a folder of files.</summary>
    public static async Task<ApplicationProcess> StartAsync(string folder)
    {
        var process = Process.Start(HostProgram.Describe("dotnet", [Program, folder]))!;
        var address = await process.StandardOutput.ReadLineAsync().WaitAsync(Deadline);
        if (address is null)
        {
            throw new AssertionException($"{Program} did not start: {await process.StandardError.ReadToEndAsync()}");
        }

        process.BeginErrorReadLine();
        return new ApplicationProcess(process, IPEndPoint.Parse(address));
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
}
