namespace WunderProxy.Deployments.Lifecycle;

/// <summary>One changing call under way. It outlives its callers; each that joins hears the rest of its progress.</summary>
internal sealed class Operation(string kind, string reference, DateTimeOffset since) : IProgress<DeploymentProgress>
{
    /// <summary>What the process does by itself: looking at what there is, and only sometimes a launch.</summary>
    public const string Start = "start";

    private readonly TaskCompletionSource _loud = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<IProgress<DeploymentProgress>> _listeners = [];
    private DeploymentProgress? _last;

    public string Kind => kind;

    public string Reference => reference;

    /// <summary>Whether it only looks so far: callers wait for its end instead of being refused.</summary>
    public bool IsQuiet => kind == Start && !_loud.Task.IsCompleted;

    /// <summary>Ends when it begins to change something, or is over.</summary>
    public Task WhenLoudOrOver => Task.WhenAny(_loud.Task, Completion ?? Task.CompletedTask);

    /// <summary>Ends with the operation; its type is that of the operation's result.</summary>
    public Task? Completion { get; set; }

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

    public void Report(DeploymentProgress value)
    {
        IProgress<DeploymentProgress>[] listeners;
        lock (_lock)
        {
            _last = value;
            listeners = [.. _listeners];
        }

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
            return new OperationView(kind, reference, since, _last?.Step ?? "fetching", _last);
        }
    }
}
