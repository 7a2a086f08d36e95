namespace WunderProxy.Metrics.Otlp;

/// <summary>
/// Sends a snapshot of all metrics at each interval. A snapshot that was not taken is not kept: counters are cumulative,
/// so that the next one says all that it said. What waits is therefore never more than one message.
/// </summary>
/// <param name="client">Sends to the receiver.</param>
/// <param name="collect">Reads all metrics.</param>
/// <param name="source">Who sends them.</param>
/// <param name="interval">Time between two exports.</param>
/// <param name="clock">Clock for all times.</param>
/// <param name="onOutcome">Learns what came of each request.</param>
internal sealed class MetricsExporter(
    OtlpClient client,
    Func<IReadOnlyList<MetricFamily>> collect,
    MetricsSource source,
    TimeSpan interval,
    TimeProvider clock,
    Action<OtlpOutcome> onOutcome)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>A receiver may ask for no longer pause than this, in <c>Retry-After</c>.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(10);

    private int _failures;

    /// <summary>Exports until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = interval;
        while (true)
        {
            await Task.Delay(pause, clock, cancellationToken);
            pause = PauseAfter(await ExportAsync(cancellationToken));
        }
    }

    /// <summary>Reads and sends all metrics once.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<OtlpOutcome> ExportAsync(CancellationToken cancellationToken)
    {
        var message = MetricsRequest.Write(collect(), source, clock.GetUtcNow());
        var outcome = await client.SendAsync(message, cancellationToken);
        onOutcome(outcome);
        return outcome;
    }

    /// <summary>
    /// Returns the time until the next export: the interval, or less after a failure that may pass, doubled with each one
    /// and with up to half of it at random, so that instances that lost one receiver do not come back together.
    /// </summary>
    private TimeSpan PauseAfter(OtlpOutcome outcome)
    {
        if (!outcome.MayRetry)
        {
            _failures = 0;
            return interval;
        }

        _failures = Math.Min(_failures + 1, 16);
        var backOff = FirstPause * (1 << (_failures - 1)) * (1 + (Random.Shared.NextDouble() / 2));
        var pause = backOff < interval ? backOff : interval;
        var asked = outcome.RetryAfter ?? TimeSpan.Zero;
        asked = asked < MaxRetryAfter ? asked : MaxRetryAfter;
        return asked > pause ? asked : pause;
    }
}
