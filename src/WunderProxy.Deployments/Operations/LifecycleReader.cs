using System.Net;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Operations;

/// <summary>What can be asked of a lifecycle without changing anything.</summary>
internal sealed class LifecycleReader(LifecycleContext context, OperationGate gate, SwitchGuard guard)
{
    /// <summary>Reads the history; the last entry of the hash in service is the current one.</summary>
    /// <exception cref="DeploymentException">The store is away or refuses.</exception>
    public async Task<IReadOnlyList<HistoryEntryView>> GetHistoryAsync(CancellationToken cancellationToken)
    {
        try
        {
            var history = await context.History.LoadAsync(cancellationToken);
            var current = history.Entries.LastOrDefault(entry => IsInService(entry.Hash));
            return [.. history.Entries.Select(entry => new HistoryEntryView(
                entry.Revision, entry.DeployedAt, entry.DeployedBy, entry.Hash, ReferenceEquals(entry, current)))];
        }
        catch (Exception fault) when (DeploymentFaults.IsKnown(fault))
        {
            throw DeploymentFaults.Of(fault);
        }
    }

    /// <summary>Reads the bytes of a launch config, secrets included.</summary>
    /// <exception cref="DeploymentException">There is none, or the store is away or refuses.</exception>
    public async Task<ReadOnlyMemory<byte>> GetConfigAsync(
        LaunchConfigReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return (await context.Configs.LoadAsync(reference, LaunchConfigRepository.MissLife, cancellationToken)).Bytes;
        }
        catch (Exception fault) when (DeploymentFaults.IsKnown(fault))
        {
            throw DeploymentFaults.Of(fault);
        }
    }

    /// <summary>The state of this moment; asks neither engine nor store.</summary>
    public LifecycleSnapshot Snapshot()
    {
        var current = context.Table.Current;
        var notices = context.Notices;
        return new LifecycleSnapshot
        {
            Current = context.Traffic.Current,
            Intended = current is null ? null : new TrafficTarget(
                current.Address?.EndPoint ?? context.Traffic.Current?.EndPoint ?? new IPEndPoint(0, 0),
                current.ContainerId,
                current.Hash,
                current.Revision),
            Since = current is null ? null : context.Record.Current.Since,
            Health = current?.Health ?? "unknown",
            HealthReason = current?.HealthReason,
            DockerState = notices.Engine.Fault,
            StoreState = notices.Store.Fault,
            Circuits = new CircuitsView(notices.Engine.ToView(), notices.Store.ToView()),
            Guard = guard.View,
            Operation = gate.View,
            Draining = [.. context.Table.All.Where(d => d.State == DeploymentState.Draining).Select(ToView)],
            Warnings = notices.Warnings,
            PublicWarnings = notices.PublicWarnings,
        };
    }

    private static DrainView ToView(Deployment deployment) => new(
        deployment.Hash,
        deployment.Revision,
        deployment.ContainerId,
        deployment.Drain?.Traffic.InFlight ?? 0,
        deployment.Drain?.Since ?? deployment.UsedAt);

    private bool IsInService(string hash) =>
        context.Table.Current is { } current && LaunchConfigReference.TryParse(hash, out var reference) && current.IsOf(reference);
}
