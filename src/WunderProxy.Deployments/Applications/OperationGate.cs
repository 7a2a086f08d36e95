using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Lets one changing operation run at a time. The operation goes on when its caller leaves. A second call of the same
/// kind and reference joins it; any other is refused as busy, except that calls wait for a start.
/// </summary>
internal sealed class OperationGate : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly FaultPoints _faults;
    private readonly TimeSpan _startPatience;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _lifetime = new();
    private readonly TaskCompletionSource _startBegun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Operation? _current;

    /// <summary>
    /// Creates a gate that is closed until a start has begun, or <see cref="OpenUnstarted"/> is called.
    /// </summary>
    /// <param name="clock">Clock of all waits.</param>
    /// <param name="faults">Named points for fault tests.</param>
    /// <param name="startPatience">How long a call waits for the start.</param>
    public OperationGate(TimeProvider clock, FaultPoints faults, TimeSpan startPatience)
    {
        _clock = clock;
        _faults = faults;
        _startPatience = startPatience;
        _current = new Operation(OperationKind.Start, "", clock.GetUtcNow(), clock) { Completion = _startBegun.Task };
    }

    /// <summary>Hears of the progress of every operation; null before anybody listens.</summary>
    public ILifecycleListener? Listener { get; set; }

    /// <summary>The operation in progress; null if there is none.</summary>
    public OperationView? View => Volatile.Read(ref _current) is { IsQuiet: false } loud ? loud.ToView() : null;

    /// <summary>A token that is cancelled when the process shuts down.</summary>
    public CancellationToken Lifetime => _lifetime.Token;

    /// <summary>Runs an operation, or joins the same one if it is in progress.</summary>
    /// <param name="kind">Kind of the operation.</param>
    /// <param name="reference">What makes two calls of a kind the same.</param>
    /// <param name="progress">Receives the progress; may be null.</param>
    /// <param name="body">The work, whose token is cancelled only when the process ends.</param>
    /// <param name="cancellationToken">Cancels the caller's wait, not the operation.</param>
    /// <exception cref="DeploymentException">Another operation is in progress.</exception>
    public async Task<T> RunAsync<T>(
        OperationKind kind,
        string reference,
        IProgress<DeploymentProgress>? progress,
        Func<Operation, CancellationToken, Task<T>> body,
        CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        while (true)
        {
            var entered = Enter(kind, reference, progress, body);
            if (entered.Work is { } work)
            {
                return await work.WaitAsync(cancellationToken);
            }

            await WaitAsync(entered.Operation, progress, began, cancellationToken);
        }
    }

    /// <summary>Lets calls in although no start has begun, because the start was not possible.</summary>
    public void OpenUnstarted()
    {
        lock (_lock)
        {
            if (!_startBegun.Task.IsCompleted)
            {
                _current = null;
                _startBegun.SetResult();
            }
        }
    }

    /// <summary>Cancels the operation in progress and waits until it has cleaned up.</summary>
    public async Task StopAsync()
    {
        await _lifetime.CancelAsync();
        OpenUnstarted();
        if (Volatile.Read(ref _current)?.Completion is { } completion)
        {
            await completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _lifetime.Dispose();

    /// <summary>Waits for a start and passes on its progress meanwhile.</summary>
    private async Task WaitAsync(
        Operation busy, IProgress<DeploymentProgress>? progress, long began, CancellationToken cancellationToken)
    {
        var left = _startPatience - _clock.GetElapsedTime(began);
        busy.Join(progress);
        try
        {
            await busy.WhenNotWaitedFor.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw Busy(busy);
        }
        finally
        {
            busy.Leave(progress);
        }
    }

    /// <summary>Begins or joins an operation; returns no work if another operation has to be waited for.</summary>
    private (Operation Operation, Task<T>? Work) Enter<T>(
        OperationKind kind,
        string reference,
        IProgress<DeploymentProgress>? progress,
        Func<Operation, CancellationToken, Task<T>> body)
    {
        lock (_lock)
        {
            var isFirstStart = kind == OperationKind.Start && _startBegun.TrySetResult();
            if (isFirstStart || _current is not { } busy)
            {
                var operation = new Operation(kind, reference, _clock.GetUtcNow(), _clock);
                operation.Join(progress);
                operation.Join(Listener is { } listener ? new ProgressTeller(operation, listener) : null);
                _current = operation;
                var work = Task.Run(() => CarryOutAsync(operation, body), CancellationToken.None);
                operation.Completion = work;
                return (operation, work);
            }

            if (busy.IsSame(kind, reference) && busy.Completion is Task<T> same)
            {
                busy.Join(progress);
                return (busy, same);
            }

            return busy.IsWaitedFor ? (busy, null) : throw Busy(busy);
        }
    }

    private async Task<T> CarryOutAsync<T>(Operation operation, Func<Operation, CancellationToken, Task<T>> body)
    {
        _faults.Enter(operation.Kind.ToWire());
        try
        {
            return await body(operation, Lifetime);
        }
        finally
        {
            // The gate is free before the caller learns of the end, so that its next call does not find the gate
            // closed.
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

    /// <summary>Tells the listener of all operations about the steps of one.</summary>
    private sealed class ProgressTeller(Operation operation, ILifecycleListener listener) : IProgress<DeploymentProgress>
    {
        public void Report(DeploymentProgress value) => listener.OnProgress(operation.ToView());
    }
}
