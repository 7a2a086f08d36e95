using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// Adopts containers of the old tool, with image <c>localhost:N/APP:REV</c> and name <c>REV</c>, if the history or the
/// current launch config has that revision.
/// </summary>
internal sealed class OldToolAdopter(Application application, ForeignContainers foreign)
{
    /// <summary>Adopts the containers that the history explains.</summary>
    /// <returns>
    /// The running ones that are not of the current launch config, to be retired once the current one serves.
    /// </returns>
    public async Task<IReadOnlyList<Deployment>> AdoptAsync(
        DeploymentHistory history, LaunchConfig? current, CancellationToken cancellationToken)
    {
        var retired = new List<Deployment>();
        var all = await application.Machine.Engine.ListContainersAsync(cancellationToken);
        var candidates = all.Where(summary =>
            foreign.IsOfOldTool(summary) && application.Table.All.All(d => d.Replica.Id.Value != summary.Id || d.Replica.Name.Length == 0));
        foreach (var summary in candidates.ToArray())
        {
            var revision = ContainerIdentity.NameOf(summary);
            var config = current?.Revision == revision ? current : await FindAsync(history, revision, cancellationToken);
            if (config is not null && await AdoptAsync(summary, config, config == current, cancellationToken) is { } old)
            {
                retired.Add(old);
            }
        }

        await foreign.NoteAsync(all, cancellationToken);
        return retired;
    }

    private async Task<Deployment?> AdoptAsync(
        ContainerSummary summary, LaunchConfig config, bool isCurrent, CancellationToken cancellationToken)
    {
        var container = await application.Machine.Engine.InspectContainerAsync(summary.Id, cancellationToken);
        var isRecorded = summary.Id == application.Record.Current.Container;
        var state = isRecorded ? DeploymentState.Current
            : container.State.Running && isCurrent ? DeploymentState.Ready
            : container.State.Running ? DeploymentState.Draining
            : DeploymentState.Kept;
        var phantom = isRecorded ? application.Table.Current : null;
        var deployment = new Deployment(config, state, application.Faults)
        {
            Replica = new Replica
            {
                Id = new ContainerId(summary.Id),
                Name = ContainerIdentity.NameOf(summary),
                CreatedAt = container.Created,
            },
            Image = summary.Image,
            ImageId = summary.ImageID,
            CfgDigest = application.Options.Environment.Digest,
            UsedAt = container.Created,
            WasCurrent = true,
            ContainerPort = ContainerPorts.Choose(
                config.ContainerPort,
                config.CopyContainerConfig(),
                config.CopyHostConfig(),
                container.ExposedPorts),
            HealthCheckPath = config.HealthCheckPath,
        };
        if (phantom is not null)
        {
            application.Table.Remove(phantom);
        }

        application.Table.Add(deployment);
        DeploymentLog.Adopted(application.Log, deployment.Replica.Name, state.ToString(), deployment.Revision);
        return state == DeploymentState.Draining ? deployment : null;
    }

    private async Task<LaunchConfig?> FindAsync(
        DeploymentHistory history, string revision, CancellationToken cancellationToken)
    {
        var entry = history.Entries.LastOrDefault(entry => entry.Revision == revision);
        if (!LaunchConfigReference.TryParse(entry?.Hash, out var reference))
        {
            return null;
        }

        try
        {
            return await application.Configs.LoadAsync(reference, cancellationToken);
        }
        catch (Exception exception) when (exception is LaunchConfigNotFoundException or HashMismatchException
            or InvalidLaunchConfigException)
        {
            return null;
        }
    }
}
