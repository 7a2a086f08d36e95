using System.Diagnostics;
using System.Net;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Hostile;

/// <summary>Another client: asks all the time, and takes note of how long each answer took.</summary>
internal sealed class Bystander
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly List<double> _milliseconds = [];
    private readonly Task _running;
    private volatile bool _isStopped;

    public Bystander(EndPoint proxy) => _running = Task.Run(() => RunAsync(proxy));

    /// <summary>Ends it.</summary>
    /// <returns>How long answers took, in milliseconds, in order of size.</returns>
    /// <exception cref="IOException">It lost a request.</exception>
    public async Task<double[]> StopAsync()
    {
        _isStopped = true;
        await _running;
        _milliseconds.Sort();
        return [.. _milliseconds];
    }

    private async Task RunAsync(EndPoint proxy)
    {
        using var kept = await RawConnection.ConnectAsync(proxy);
        do
        {
            await AskAsync(kept);

            // A new connection shows whether anybody still accepts.
            using var fresh = await RawConnection.ConnectAsync(proxy);
            await AskAsync(fresh);
            await Task.Delay(Pace, TimeProvider.System);
        }
        while (!_isStopped);
    }

    private async Task AskAsync(RawConnection connection)
    {
        var start = Stopwatch.GetTimestamp();
        await connection.SendAsync("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
        var head = await connection.ReadThroughAsync("\r\n\r\nsmall");
        _milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
        {
            throw new IOException($"a request of somebody else was answered: {head}");
        }
    }
}
