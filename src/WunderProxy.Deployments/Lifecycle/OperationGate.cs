namespace WunderProxy.Deployments.Lifecycle;

/// <summary>
/// Lets one changing operation through at a time. It goes on when its caller leaves; a second call of the same kind and
/// reference joins it, any other is refused as busy.
/// </summary>
internal sealed class OperationGate(TimeProvider clock, FaultPoints faults) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _lifetime = new();
    private Operation? _current;

    /// <summary>The operation under way; null for none.</summary>
    public OperationView? View => Volatile.Read(ref _current) is { IsQuiet: false } loud ? loud.ToView() : null;

    /// <summary>Ends when the process shuts down.</summary>
    public CancellationToken Lifetime => _lifetime.Token;

    /// <summary>Runs an operation, or joins the same one.</summary>
    /// <param name="kind"><c>launch</c>, <c>switch</c>, <c>deploy</c>, <c>rollback</c>, <c>retire</c> or <c>start</c>.</param>
    /// <param name="reference">What makes two calls the same.</param>
    /// <param name="progress">Hears how it goes; may be null.</param>
    /// <param name="body">The work; its token ends only with the process.</param>
    /// <param name="cancellationToken">Ends the caller's wait, not the operation.</param>
    /// <exception cref="DeploymentException">Another operation is under way.</exception>
    public async Task<T> RunAsync<T>(
        string kind,
        string reference,
        IProgress<DeploymentProgress>? progress,
        Func<Operation, CancellationToken, Task<T>> body,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var entered = Enter(kind, reference, progress, body);
            if (entered.Work is { } work)
            {
                return await work.WaitAsync(cancellationToken);
            }

            // A start that looks around is soon over, or turns out to launch something: then callers are refused.
            await entered.Operation.WhenLoudOrOver.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the operation under way and waits until it has cleaned up.</summary>
    public async Task StopAsync()
    {
        await _lifetime.CancelAsync();
        if (Volatile.Read(ref _current)?.Completion is { } completion)
        {
            await completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _lifetime.Dispose();

    /// <summary>Begins or joins; without work when a start looks around.</summary>
    private (Operation Operation, Task<T>? Work) Enter<T>(
        string kind,
        string reference,
        IProgress<DeploymentProgress>? progress,
        Func<Operation, CancellationToken, Task<T>> body)
    {
        lock (_lock)
        {
            if (_current is not { } busy)
            {
                var operation = new Operation(kind, reference, clock.GetUtcNow());
                operation.Join(progress);
                _current = operation;
                var work = Task.Run(() => CarryOutAsync(operation, body), CancellationToken.None);
                operation.Completion = work;
                return (operation, work);
            }

            if (busy.Kind == kind && busy.Reference == reference && busy.Completion is Task<T> same)
            {
                busy.Join(progress);
                return (busy, same);
            }

            return busy.IsQuiet ? (busy, null) : throw Busy(busy);
        }
    }

    private async Task<T> CarryOutAsync<T>(Operation operation, Func<Operation, CancellationToken, Task<T>> body)
    {
        faults.Enter(operation.Kind);
        try
        {
            return await body(operation, Lifetime);
        }
        finally
        {
            // Free before the caller hears of the end: its next call must not find the gate closed.
            lock (_lock)
            {
                _current = null;
            }
        }
    }

    private static DeploymentException Busy(Operation busy)
    {
        var view = busy.ToView();
        return new DeploymentException(
            DeploymentError.Busy,
            $"{view.Kind} {view.Reference} is under way since {view.Since:O}",
            new DeploymentErrorDetails { Operation = view });
    }
}
