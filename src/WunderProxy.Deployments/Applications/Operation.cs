using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Explanations;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// One changing call in progress. The operation outlives its callers; a caller that joins receives the rest of its
/// progress.
/// </summary>
internal sealed class Operation(OperationKind kind, string reference, DateTimeOffset since, TimeProvider clock)
    : IProgress<DeploymentProgress>
{
    private readonly TaskCompletionSource _loud = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<IProgress<DeploymentProgress>> _listeners = [];
    private readonly HashSet<string> _names = [reference];
    private DeploymentProgress? _last;

    public OperationKind Kind => kind;

    public string Reference => reference;

    public DateTimeOffset Since => since;

    /// <summary>How long each step of the operation took.</summary>
    public StepTimes Steps { get; } = new(clock);

    /// <summary>Whether the operation has only read so far, so that it need not be shown.</summary>
    public bool IsQuiet => kind is OperationKind.Start or OperationKind.Recovery && !_loud.Task.IsCompleted;

    /// <summary>
    /// Whether other calls wait for the end of this operation instead of being refused: for every start, and for a
    /// recovery that has only read so far.
    /// </summary>
    public bool IsWaitedFor => kind == OperationKind.Start || IsQuiet;

    /// <summary>Completes when calls need not, or may not, wait for the operation any longer.</summary>
    public Task WhenNotWaitedFor => kind == OperationKind.Start
        ? Task.WhenAny(Completion ?? Task.CompletedTask)
        : Task.WhenAny(_loud.Task, Completion ?? Task.CompletedTask);

    /// <summary>Completes with the operation; the task's type is that of the operation's result.</summary>
    public Task? Completion { get; set; }

    /// <summary>The launch config that the operation is about; null until it is known.</summary>
    public LaunchConfig? Config { get; set; }

    /// <summary>Adds the digests of the operation's launch config, each of which identifies the same call.</summary>
    public void AddNames(LaunchConfig config)
    {
        Config = config;
        lock (_lock)
        {
            _names.Add(config.Hash.Value);
            _names.Add(config.Alias.Value);
        }
    }

    /// <summary>Whether a call of this kind and reference is the same as this operation.</summary>
    public bool IsSame(OperationKind otherKind, string otherReference)
    {
        lock (_lock)
        {
            return kind == otherKind && _names.Contains(otherReference);
        }
    }

    public void Join(IProgress<DeploymentProgress>? listener)
    {
        lock (_lock)
        {
            if (listener is not null)
            {
                _listeners.Add(listener);
            }
        }
    }

    public void Leave(IProgress<DeploymentProgress>? listener)
    {
        lock (_lock)
        {
            if (listener is not null)
            {
                _listeners.Remove(listener);
            }
        }
    }

    public void Report(DeploymentProgress value)
    {
        IProgress<DeploymentProgress>[] listeners;
        lock (_lock)
        {
            _last = value;
            listeners = [.. _listeners];
        }

        Steps.Note(value.Step);
        _loud.TrySetResult();
        foreach (var listener in listeners)
        {
            listener.Report(value);
        }
    }

    public OperationView ToView()
    {
        lock (_lock)
        {
            return new OperationView(kind.ToWire(), reference, since, _last?.Step ?? "fetching", _last);
        }
    }
}
