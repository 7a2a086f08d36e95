using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Tests.ManagerApi;

/// <summary>A control plane that does what the test says and remembers what it was asked.</summary>
internal sealed class ScriptedLifecycle : IContainerLifecycle
{
    public const string Container = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static readonly DeployResult Deployed =
        new("aa11bb22cc33", "r42", Container, "127.0.0.1:32768", "pulled", 1.5, HistoryPending: false);

    public List<string> Calls { get; } = [];

    /// <summary>Who hears of events, as the hub of a live stream.</summary>
    public ILifecycleListener? Listener { get; private set; }

    public DeploymentException? Failure { get; set; }

    /// <summary>What nobody foresaw.</summary>
    public Exception? Bug { get; set; }

    /// <summary>What a call does on its thread before it returns, such as waiting for a disk.</summary>
    public Action? Work { get; set; }

    public IReadOnlyList<DeploymentProgress> Steps { get; set; } = [];

    public string Config { get; set; } = "{}";

    public LifecycleSnapshot State { get; set; } = new();

    public IReadOnlyList<ContainerView> Containers { get; set; } = [];

    public LifecycleCounts Counts { get; set; } = new();

    public LifecycleSnapshot Snapshot() => State;

    public Task<LaunchResult> LaunchAsync(
        string reference, string by, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken) =>
        Answer(
            $"launch {reference} by {by}",
            new LaunchResult("aa11bb22cc33", "r42", Container, "172.17.0.2:9292", 32768, "created", 2.25));

    public Task<SwitchResult> SwitchAsync(string reference, SwitchOptions options, CancellationToken cancellationToken) =>
        Answer(
            $"switch {reference} by {options.By}",
            new SwitchResult("aa11bb22cc33", "r42", Container, "172.17.0.2:9292", 32768, Changed: true));

    public Task<DeployResult> DeployAsync(
        DeployRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken)
    {
        Report(progress);
        return Answer($"deploy {request.Reference ?? $"{request.Config?.Length} bytes"} by {request.By}", Deployed);
    }

    public Task<DeployResult> RollbackAsync(
        RollbackRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken)
    {
        Report(progress);
        return Answer($"rollback '{request.Target}' by {request.By}", Deployed);
    }

    public Task<IReadOnlyList<HistoryEntryView>> GetHistoryAsync(CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<HistoryEntryView>>(
            "history", [new("r41", DateTimeOffset.UnixEpoch, "ada", "00ff", Current: true)]);

    public IReadOnlyList<EventView> Events { get; set; } = [];

    public Task<IReadOnlyList<EventView>> GetEventsAsync(CancellationToken cancellationToken) => Task.FromResult(Events);

    public Task<ReadOnlyMemory<byte>> GetConfigAsync(string reference, CancellationToken cancellationToken) =>
        Answer<ReadOnlyMemory<byte>>($"config {reference}", System.Text.Encoding.UTF8.GetBytes(Config));

    public LaunchExplanation? Launch { get; set; }

    public LaunchExplanation? ExplainLaunch() => Launch;

    public DiffView Diff { get; set; } = new(new DiffSide("aa", "r41"), new DiffSide("bb", "r42"), []);

    public Task<DiffView> DiffAsync(string from, string to, bool showsTexts, CancellationToken cancellationToken) =>
        Answer($"diff {from} {to} {(showsTexts ? "with" : "without")} texts", Diff);

    public IReadOnlyList<Incident> Incidents { get; set; } = [];

    public ContainerReport Current { get; set; } = new();

    public Task<ContainerReport> AskCurrentAsync(CancellationToken cancellationToken) => Task.FromResult(Current);

    public SwitchExplanation? LastSwitch { get; set; }

    public SwitchExplanation? ExplainSwitch() => LastSwitch;

    public Task<DrainEndResult> EndDrainAsync(string reference, string by, CancellationToken cancellationToken) => Answer(
        $"end drain {reference} by {by}", new DrainEndResult("aa11bb22cc33", "r41", 3, 2, 1, 4, 0.25));

    public void ListenTo(ILifecycleListener listener) => Listener = listener;

    public Task RecordEventAsync(string type, string by, string reason, CancellationToken cancellationToken)
    {
        Calls.Add($"event {type} by {by}");
        return Task.CompletedTask;
    }

    private void Report(IProgress<DeploymentProgress>? progress)
    {
        foreach (var step in Steps)
        {
            progress?.Report(step);
        }
    }

    private Task<T> Answer<T>(string call, T result)
    {
        Work?.Invoke();
        lock (Calls)
        {
            Calls.Add(call);
        }

        return (Bug ?? Failure) is { } fault ? Task.FromException<T>(fault) : Task.FromResult(result);
    }
}
