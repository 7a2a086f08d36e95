namespace WunderProxy.Deployments.Contracts;

/// <summary>What the manager API asks of the control plane; <c>ContainerLifecycle</c> says what each call does.</summary>
public interface IContainerLifecycle
{
    /// <summary>The containers of this application, as last seen; no I/O.</summary>
    IReadOnlyList<ContainerView> Containers { get; }

    /// <summary>What is known now; no I/O.</summary>
    LifecycleSnapshot Snapshot();

    /// <summary>Starts a container of a stored launch config and waits until it is healthy; no traffic yet.</summary>
    /// <exception cref="DeploymentException">Nothing runs that did not run before.</exception>
    Task<LaunchResult> LaunchAsync(
        string reference, string by, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Sends traffic to a launched container after one more probe; never starts one.</summary>
    /// <exception cref="DeploymentException">Traffic goes where it went.</exception>
    Task<SwitchResult> SwitchAsync(string reference, SwitchOptions options, CancellationToken cancellationToken);

    /// <summary>Stores, launches, switches and records, as one act.</summary>
    /// <exception cref="DeploymentException">Traffic goes where it went.</exception>
    Task<DeployResult> DeployAsync(
        DeployRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Makes an earlier history entry current again.</summary>
    /// <exception cref="DeploymentException">Traffic goes where it went.</exception>
    Task<DeployResult> RollbackAsync(
        RollbackRequest request, IProgress<DeploymentProgress>? progress, CancellationToken cancellationToken);

    /// <summary>The history, oldest first, with a mark on what this machine serves.</summary>
    /// <exception cref="DeploymentException">The store is away or refuses.</exception>
    Task<IReadOnlyList<HistoryEntryView>> GetHistoryAsync(CancellationToken cancellationToken);

    /// <summary>The exact bytes of a stored launch config; the caller masks what is secret.</summary>
    /// <exception cref="DeploymentException">Bad hash, unknown, or the store is away.</exception>
    Task<ReadOnlyMemory<byte>> GetConfigAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Records an event of the host's own; never fails.</summary>
    Task RecordEventAsync(string type, string by, string reason, CancellationToken cancellationToken);
}
