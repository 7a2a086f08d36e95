namespace WunderProxy.Deployments.Lifecycle;

/// <summary>One changing call under way. It outlives its callers; each that joins hears the rest of its progress.</summary>
internal sealed class Operation(string kind, string reference, DateTimeOffset since) : IProgress<DeploymentProgress>
{
    private readonly Lock _lock = new();
    private readonly List<IProgress<DeploymentProgress>> _listeners = [];
    private DeploymentProgress? _last;

    public string Kind => kind;

    public string Reference => reference;

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
