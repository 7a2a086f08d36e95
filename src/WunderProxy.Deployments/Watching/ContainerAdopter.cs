using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;
using WunderProxy.Deployments.Retirement;

namespace WunderProxy.Deployments.Watching;

/// <summary>Takes existing containers into care that are proven to be ours; touches no other container.</summary>
internal sealed class ContainerAdopter(
    Application application, OrphanRemover orphans, ContainerRetirer retirer, ForeignContainers foreign)
{
    private static readonly Dictionary<string, string> NoLabels = [];

    /// <summary>
    /// Reads the engine's containers at a start and rebuilds the table; removes what an interrupted launch left.
    /// </summary>
    public async Task AdoptOwnAsync(CancellationToken cancellationToken)
    {
        var all = await application.Machine.Engine.ListContainersAsync(cancellationToken);
        foreach (var summary in all.Where(summary => application.Table.FindContainer(summary.Id) is null))
        {
            if (await application.Ownership.JudgeAsync(summary, cancellationToken) == ContainerOwner.Ours)
            {
                await AdoptAsync(summary, cancellationToken);
            }
        }

        AddMissingCurrent();
        await foreign.NoteAsync(all, cancellationToken);
    }

    /// <summary>
    /// Updates the table for containers that have vanished or died, and stops kept containers that run.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // Deployments being launched are skipped: the engine may have been asked before they were created.
        var known = application.Table.All.Where(d => d.State is DeploymentState.Ready or DeploymentState.Kept).ToArray();
        var all = await application.Machine.Engine.ListContainersAsync(cancellationToken);
        var byId = all.ToDictionary(summary => summary.Id, StringComparer.Ordinal);
        foreach (var deployment in known)
        {
            var seen = byId.GetValueOrDefault(deployment.Replica.Id.Value);
            if (seen is null)
            {
                await ForgetAsync(deployment, cancellationToken);
            }
            else if (deployment.State == DeploymentState.Kept && seen.IsRunning)
            {
                retirer.BeginStopKept(deployment);
            }
            else if (deployment.State == DeploymentState.Ready && seen.HasEnded)
            {
                retirer.BeginRetire(deployment);
            }
        }

        await foreign.NoteAsync(all, cancellationToken);
    }

    private async Task AdoptAsync(ContainerSummary summary, CancellationToken cancellationToken)
    {
        var record = application.Record.Current;
        if ((ContainerClaim.Read(summary.Labels ?? NoLabels) ?? await FindClaimAsync(summary.Id, record, cancellationToken)) is not { } claim)
        {
            // The container is the old tool's and the record has no launch config for it; the store's history will
            // explain it.
            return;
        }

        var name = ContainerIdentity.NameOf(summary);
        var state = JudgeState(summary, record);
        if (state is null)
        {
            DeploymentLog.OrphanRemoved(application.Log, name);
            await orphans.RemoveAsync(summary.Id, cancellationToken);
            return;
        }

        // What the record says about a container takes precedence over its labels.
        var entry = record.Launched.Concat(record.Earlier).FirstOrDefault(item => item.Container == summary.Id);
        var recorded = entry?.Hash ?? (summary.Id == record.Container ? record.Hash : "");
        var hash = LaunchConfigHash.TryParse(recorded, out var known) ? known : claim.Hash;
        var alias = hash == claim.Hash ? claim.Alias : default;
        var deployment = new Deployment(
            hash, entry?.Revision ?? claim.Revision, state.Value, application.Faults, alias)
        {
            Config = ConfigOf(hash, summary.Id == record.Container ? record.Config : entry?.Config ?? []),
            Replica = new Replica
            {
                Id = new ContainerId(summary.Id),
                Name = name,
                CreatedAt = DateTimeOffset.FromUnixTimeSeconds(summary.Created),
            },
            Image = summary.Image,
            ImageId = summary.ImageID,
            CfgDigest = claim.CfgDigest,
            UsedAt = entry?.At ?? DateTimeOffset.FromUnixTimeSeconds(summary.Created),
            WasCurrent = state != DeploymentState.Ready || record.Earlier.Any(item => item.Container == summary.Id),
            ContainerPort = claim.ContainerPort,
            HealthCheckPath = claim.HealthCheckPath,
        };
        application.Table.Add(deployment);
        DeploymentLog.Adopted(application.Log, deployment.Replica.Name, state.Value.ToString(), deployment.Revision);
        await TakeUpAsync(deployment, summary.IsRunning, cancellationToken);
    }

    /// <summary>
    /// Builds a claim from the local record for a container in service that the old tool created without labels.
    /// </summary>
    private async Task<ContainerClaim?> FindClaimAsync(string id, LifecycleRecord record, CancellationToken cancellationToken)
    {
        if (id != record.Container || LaunchConfig.Find(record.Config) is not { } config)
        {
            return null;
        }

        try
        {
            var container = await application.Machine.Engine.InspectContainerAsync(id, cancellationToken);
            var port = ContainerPorts.Choose(
                config.ContainerPort,
                config.CopyContainerConfig(),
                config.CopyHostConfig(),
                container.ExposedPorts);
            return new ContainerClaim(
                config.Hash,
                config.Revision,
                application.Options.Environment.Digest,
                config.Alias,
                port,
                config.HealthCheckPath);
        }
        catch (Exception exception) when (exception is ContainerNotFoundException or AmbiguousPortException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the state of a container with our labels, or null if it is left from an interrupted launch.
    /// </summary>
    private DeploymentState? JudgeState(ContainerSummary summary, LifecycleRecord record)
    {
        if (summary.Id == record.Container)
        {
            return DeploymentState.Current;
        }

        // A container that a launch took out of retirement is in both lists. A paused container is up and may go on.
        var isRunning = summary.IsUp;
        var wasCurrent = record.Earlier.Any(entry => entry.Container == summary.Id);
        if (record.Launched.Any(entry => entry.Container == summary.Id) && (isRunning || !wasCurrent))
        {
            return isRunning ? DeploymentState.Ready : null;
        }

        if (wasCurrent)
        {
            return DeploymentState.Kept;
        }

        if (!application.Record.WasAbsent)
        {
            return null;
        }

        // The state directory is new, so nothing says what this container was: a running one may be wanted, any other
        // is kept.
        return isRunning ? DeploymentState.Ready : DeploymentState.Kept;
    }

    private async Task TakeUpAsync(Deployment deployment, bool isRunning, CancellationToken cancellationToken)
    {
        if (deployment.State == DeploymentState.Kept && isRunning)
        {
            retirer.BeginStopKept(deployment);
        }
        else if (deployment.State == DeploymentState.Ready)
        {
            await TakeUpReadyAsync(deployment, cancellationToken);
        }
    }

    private async Task TakeUpReadyAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        try
        {
            var container = await application.Machine.Engine.InspectContainerAsync(deployment.Replica.Id.Value, cancellationToken);
            var address = await application.Machine.Addresses.ResolveAsync(
                container, deployment.ContainerPort, application.Options.ContainerAddress, cancellationToken);
            deployment.See(replica => replica with { Address = address, StartedAt = container.State.StartedAt });
        }
        catch (ContainerNotFoundException)
        {
            // The container was removed after the list was read.
            await ForgetAsync(deployment, cancellationToken);
        }
    }

    /// <summary>
    /// Adds the recorded container, which is gone, so that the watcher launches its launch config again.
    /// </summary>
    private void AddMissingCurrent()
    {
        var record = application.Record.Current;
        if (record.Hash.Length == 0 || application.Table.Current is not null)
        {
            return;
        }

        var hash = LaunchConfigHash.Parse(record.Hash);
        var config = ConfigOf(hash, record.Config);
        application.Table.Add(new Deployment(hash, config?.Revision ?? "", DeploymentState.Current, application.Faults)
        {
            Config = config,
            Replica = new Replica { Id = new ContainerId(record.Container) },
        });
    }

    /// <summary>
    /// Returns the launch config in recorded bytes, or null if there are none or they do not have this hash.
    /// </summary>
    private static LaunchConfig? ConfigOf(LaunchConfigHash hash, byte[] bytes) =>
        LaunchConfig.Find(bytes) is { } config && config.Hash == hash ? config : null;

    private async Task ForgetAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        await deployment.Handling.WaitAsync(cancellationToken);
        try
        {
            await application.SlotGuard.WaitAsync(cancellationToken);
            try
            {
                if (deployment.State is DeploymentState.Ready or DeploymentState.Kept)
                {
                    deployment.MoveTo(DeploymentState.Removed);
                    application.Table.Remove(deployment);
                }
            }
            finally
            {
                application.SlotGuard.Release();
            }
        }
        finally
        {
            deployment.Handling.Release();
        }
    }
}
