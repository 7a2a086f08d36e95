namespace WunderProxy.LoadClient;

/// <summary>
/// Sends one request after another, on a connection that is kept for a while and on single-use ones in between.
/// </summary>
internal sealed class LoadWorker(LoadOptions options, SwitchTimeline timeline, int number, TimeProvider clock) : IDisposable
{
    private const int LastOnConnectionPercent = 2;

    private readonly RequestMix _mix = new(options.Seed + number, options.Host, options.AcceptEncoding);
    private ClientConnection? _kept;

    public LoadTally Tally { get; } = new();

    /// <summary>Number of requests finished, failed or not; other threads may read it while the worker runs.</summary>
    public long Finished => Volatile.Read(ref _finished);

    private long _finished;

    /// <summary>Sends until stopped; the request in flight is finished and counted.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var interval = options.RequestsPerSecond == 0
            ? TimeSpan.Zero
            : TimeSpan.FromSeconds((double)options.Connections / options.RequestsPerSecond);
        var start = clock.GetTimestamp();
        // Workers start spread over the interval, so that they do not keep sending at the same moments.
        var due = interval * number / options.Connections;
        while (!stopping.IsCancellationRequested)
        {
            await WaitAsync(due - clock.GetElapsedTime(start), stopping);
            if (!stopping.IsCancellationRequested)
            {
                await SendOneAsync();
            }

            due += interval;
        }
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken stopping)
    {
        if (delay > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(delay, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendOneAsync()
    {
        var isOneShot = _mix.Chance(options.OneShotPercent);
        var closes = isOneShot || _mix.Chance(LastOnConnectionPercent);
        var request = options.PagesOnly ? _mix.Page(closes) : _mix.Next(closes);
        var connection = isOneShot ? null : _kept;
        var keep = false;
        Tally.AddSent();
        using var deadline = new CancellationTokenSource(options.Timeout, clock);
        try
        {
            connection ??= await ClientConnection.OpenAsync(options.EndPoint, options.Tls, deadline.Token);
            keep = await ExchangeAsync(connection, request, deadline.Token) && !isOneShot;
        }
        catch (RequestFailedException exception)
        {
            Tally.AddFailure(exception.Kind, $"{request.Name}: {exception.Message}");
        }
        catch (OperationCanceledException)
        {
            Tally.AddFailure(FailureKind.Timeout, $"{request.Name}: no answer within {options.Timeout.TotalSeconds} s");
        }
        finally
        {
            Settle(connection, keep, isOneShot);
        }
    }

    private async Task<bool> ExchangeAsync(ClientConnection connection, PlannedRequest request, CancellationToken deadline)
    {
        var mark = timeline.Mark();
        var begin = clock.GetTimestamp();
        var response = await connection.ExchangeAsync(request.Bytes, deadline);
        if (response.Status != 200)
        {
            throw new RequestFailedException(FailureKind.Status, $"status {response.Status}");
        }

        if (request.Check(response) is { } complaint)
        {
            throw new RequestFailedException(FailureKind.Body, complaint);
        }

        var revision = response.Headers.GetValueOrDefault("X-Revision");
        Tally.AddAnswer(revision ?? "none", clock.GetElapsedTime(begin), response.Headers.ContainsKey("Content-Encoding"));
        if (timeline.IsStale(mark, revision))
        {
            Tally.AddStale($"{request.Name} answered by {revision}");
        }

        return response.CanReuse;
    }

    private void Settle(ClientConnection? connection, bool keep, bool isOneShot)
    {
        if (!keep)
        {
            connection?.Dispose();
        }

        if (!isOneShot)
        {
            _kept = keep ? connection : null;
        }

        Volatile.Write(ref _finished, _finished + 1);
    }

    public void Dispose() => _kept?.Dispose();
}
