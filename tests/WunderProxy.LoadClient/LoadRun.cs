namespace WunderProxy.LoadClient;

/// <summary>A load that runs until it is stopped.</summary>
public sealed class LoadRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly LoadWorker[] _workers;
    private readonly Task _ended;

    private LoadRun(LoadOptions options, TimeProvider clock)
    {
        _clock = clock;
        _start = clock.GetTimestamp();
        _workers = [.. Enumerable.Range(0, options.Connections).Select(number => new LoadWorker(options, Timeline, number, clock))];
        _ended = Task.WhenAll(_workers.Select(worker => Task.Run(() => worker.RunAsync(_stopping.Token))));
    }

    /// <summary>The record of switches, by which stale answers are recognised.</summary>
    public SwitchTimeline Timeline { get; } = new();

    /// <summary>Number of requests finished so far, failed or not.</summary>
    public long Finished => _workers.Sum(worker => worker.Finished);

    /// <summary>Starts sending the load.</summary>
    public static LoadRun Start(LoadOptions options, TimeProvider? clock = null) => new(options, clock ?? TimeProvider.System);

    /// <summary>Waits until the given number of further requests have finished.</summary>
    public async Task WaitForMoreAsync(long requests, CancellationToken cancellationToken)
    {
        var target = Finished + requests;
        while (Finished < target)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), _clock, cancellationToken);
        }
    }

    /// <summary>Lets the requests in flight finish and returns the report.</summary>
    public async Task<LoadReport> StopAsync()
    {
        await _stopping.CancelAsync();
        await _ended;
        return LoadReport.Sum([.. _workers.Select(worker => worker.Tally)], _clock.GetElapsedTime(_start));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended.IsCompleted)
        {
            await StopAsync();
        }

        foreach (var worker in _workers)
        {
            worker.Dispose();
        }

        _stopping.Dispose();
    }
}
