using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Lets one changing operation through at a time. It goes on when its caller leaves; a second call of the same kind and
/// reference joins it, any other is refused as busy, except that a start is waited for.
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

    /// <summary>Creates a gate that is closed until the start has begun, see <see cref="OpenUnstarted"/>.</summary>
    /// <param name="clock">The clock of all waits.</param>
    /// <param name="faults">Named points for fault tests.</param>
    /// <param name="startPatience">How long a call waits for the start.</param>
    public OperationGate(TimeProvider clock, FaultPoints faults, TimeSpan startPatience)
    {
        _clock = clock;
        _faults = faults;
        _startPatience = startPatience;
        _current = new Operation(OperationKind.Start, "", clock.GetUtcNow()) { Completion = _startBegun.Task };
    }

    /// <summary>The operation under way; null for none.</summary>
    public OperationView? View => Volatile.Read(ref _current) is { IsQuiet: false } loud ? loud.ToView() : null;

    /// <summary>Ends when the process shuts down.</summary>
    public CancellationToken Lifetime => _lifetime.Token;

    /// <summary>Runs an operation, or joins the same one.</summary>
    /// <param name="kind">What it does.</param>
    /// <param name="reference">What makes two calls the same.</param>
    /// <param name="progress">Hears how it goes; may be null.</param>
    /// <param name="body">The work; its token ends only with the process.</param>
    /// <param name="cancellationToken">Ends the caller's wait, not the operation.</param>
    /// <exception cref="DeploymentException">Another operation is under way.</exception>
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

    /// <summary>Lets calls in although no start has begun: it could not.</summary>
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

    /// <summary>Ends the operation under way and waits until it has cleaned up.</summary>
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

    /// <summary>Waits for a start, and hears of its progress meanwhile.</summary>
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

    /// <summary>Begins or joins; without work when another operation is to be waited for.</summary>
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
                var operation = new Operation(kind, reference, _clock.GetUtcNow());
                operation.Join(progress);
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
