using System.Globalization;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>
/// Takes containers that exist into care: ours by their labels and the local record, those of the old tool when the
/// history explains them. Touches only containers of this application and prefix.
/// </summary>
internal sealed class ContainerAdopter(LifecycleContext context, ContainerRetirer retirer)
{
    private const string RunningState = "running";

    /// <summary>Reads the engine's containers at a start and rebuilds the table; removes what a killed launch left.</summary>
    public async Task AdoptOwnAsync(CancellationToken cancellationToken)
    {
        var all = await context.Engine.ListContainersAsync(cancellationToken);
        foreach (var summary in all.Where(summary => IsOurs(summary) && context.Table.FindContainer(summary.Id) is null))
        {
            await AdoptAsync(summary, cancellationToken);
        }

        AddMissingCurrent();
        NoteForeign(all);
    }

    /// <summary>Fits the table to what has vanished or died, and stops kept containers that run.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // Those being launched are not looked at: the engine may have been asked before they came.
        var known = context.Table.All.Where(d => d.State is DeploymentState.Ready or DeploymentState.Kept).ToArray();
        var all = await context.Engine.ListContainersAsync(cancellationToken);
        var byId = all.ToDictionary(summary => summary.Id, StringComparer.Ordinal);
        foreach (var deployment in known)
        {
            var state = byId.GetValueOrDefault(deployment.ContainerId)?.State;
            if (state is null)
            {
                await ForgetAsync(deployment, cancellationToken);
            }
            else if (deployment.State == DeploymentState.Kept && state == RunningState)
            {
                await retirer.StopKeptAsync(deployment);
            }
            else if (deployment.State == DeploymentState.Ready && state is "exited" or "dead")
            {
                await retirer.RetireAsync(deployment);
            }
        }

        NoteForeign(all);
    }

    /// <summary>Adopts containers of the old tool: image <c>localhost:N/APP:REV</c>, name <c>REV</c>, known to the history.</summary>
    /// <returns>Those that run and are not the current config's: to be retired once the current one serves.</returns>
    public async Task<IReadOnlyList<Deployment>> AdoptOldAsync(
        DeploymentHistory history, LaunchConfig? current, CancellationToken cancellationToken)
    {
        var retired = new List<Deployment>();
        var all = await context.Engine.ListContainersAsync(cancellationToken);
        foreach (var summary in all.Where(summary => IsOfOldTool(summary) && context.Table.FindContainer(summary.Id) is null))
        {
            var revision = NameOf(summary);
            var config = current?.Revision == revision ? current : await FindAsync(history, revision, cancellationToken);
            if (config is not null && await AdoptOldAsync(summary, config, config == current, cancellationToken) is { } old)
            {
                retired.Add(old);
            }
        }

        NoteForeign(all);
        return retired;
    }

    private async Task AdoptAsync(ContainerSummary summary, CancellationToken cancellationToken)
    {
        var record = context.Record.Current;
        var state = JudgeState(summary, record);
        if (state is null)
        {
            DeploymentLog.OrphanRemoved(context.Log, NameOf(summary));
            await context.Orphans.RemoveAsync(summary.Id);
            return;
        }

        var labels = summary.Labels!;
        var entry = record.Launched.Concat(record.Earlier).FirstOrDefault(item => item.Container == summary.Id);
        var deployment = new Deployment(
            labels[ContainerLabels.HashLabel],
            labels.GetValueOrDefault(ContainerLabels.RevisionLabel, ""),
            state.Value,
            context.Faults)
        {
            Alias = labels.GetValueOrDefault(ContainerLauncher.AliasLabel, ""),
            Config = summary.Id == record.Container ? record.Config : entry?.Config ?? [],
            ContainerId = summary.Id,
            ContainerName = NameOf(summary),
            Image = summary.Image,
            CfgDigest = labels.GetValueOrDefault(ContainerLabels.EnvironmentLabel, ""),
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(summary.Created),
            UsedAt = entry?.At ?? DateTimeOffset.FromUnixTimeSeconds(summary.Created),
            WasCurrent = state != DeploymentState.Ready || record.Earlier.Any(item => item.Container == summary.Id),
            ContainerPort = PortOf(labels),
            HealthCheckPath = labels.GetValueOrDefault(ContainerLauncher.HealthLabel, "/"),
        };
        context.Table.Add(deployment);
        DeploymentLog.Adopted(context.Log, deployment.ContainerName, state.Value.ToString(), deployment.Revision);
        await TakeUpAsync(deployment, summary.State == RunningState, cancellationToken);
    }

    /// <summary>What a container with our labels is; null for the rest of a launch that was interrupted.</summary>
    private DeploymentState? JudgeState(ContainerSummary summary, LifecycleRecord record)
    {
        if (summary.Id == record.Container)
        {
            return DeploymentState.Current;
        }

        // One that left retirement by a launch stands in both lists.
        var isRunning = summary.State == RunningState;
        var wasCurrent = record.Earlier.Any(entry => entry.Container == summary.Id);
        if (record.Launched.Any(entry => entry.Container == summary.Id) && (isRunning || !wasCurrent))
        {
            return isRunning ? DeploymentState.Ready : null;
        }

        if (wasCurrent)
        {
            return DeploymentState.Kept;
        }

        if (!context.Record.WasAbsent)
        {
            return null;
        }

        // The state directory is new, so nothing says what this one was: what runs may be wanted, the rest is kept.
        return isRunning ? DeploymentState.Ready : DeploymentState.Kept;
    }

    private async Task TakeUpAsync(Deployment deployment, bool isRunning, CancellationToken cancellationToken)
    {
        if (deployment.State == DeploymentState.Kept && isRunning)
        {
            await retirer.StopKeptAsync(deployment);
        }
        else if (deployment.State == DeploymentState.Ready)
        {
            var container = await context.Engine.InspectContainerAsync(deployment.ContainerId, cancellationToken);
            deployment.Address = await context.Addresses.ResolveAsync(container, deployment.ContainerPort, cancellationToken);
            deployment.StartedAt = container.State.StartedAt;
        }
    }

    /// <summary>The recorded container is gone: the watcher brings its launch config back.</summary>
    private void AddMissingCurrent()
    {
        var record = context.Record.Current;
        if (record.Hash.Length == 0 || context.Table.Current is not null)
        {
            return;
        }

        var config = LaunchConfig.Find(record.Config);
        context.Table.Add(new Deployment(record.Hash, config?.Revision ?? "", DeploymentState.Current, context.Faults)
        {
            Alias = config?.Alias.Value ?? "",
            Config = record.Config,
            ContainerId = record.Container,
            WasCurrent = true,
        });
    }

    private async Task<Deployment?> AdoptOldAsync(
        ContainerSummary summary, LaunchConfig config, bool isCurrent, CancellationToken cancellationToken)
    {
        var container = await context.Engine.InspectContainerAsync(summary.Id, cancellationToken);
        var isRecorded = summary.Id == context.Record.Current.Container;
        var state = isRecorded ? DeploymentState.Current
            : container.State.Running && isCurrent ? DeploymentState.Ready
            : container.State.Running ? DeploymentState.Draining
            : DeploymentState.Kept;
        var phantom = isRecorded ? context.Table.Current : null;
        var deployment = new Deployment(config.Hash.Value, config.Revision, state, context.Faults)
        {
            Alias = config.Alias.Value,
            Config = config.Bytes.ToArray(),
            ContainerId = summary.Id,
            ContainerName = NameOf(summary),
            Image = summary.Image,
            CfgDigest = context.Options.Environment.Digest,
            CreatedAt = container.Created,
            UsedAt = container.Created,
            WasCurrent = true,
            ContainerPort = ContainerPorts.Choose(
                config.ContainerPort,
                config.CopyContainerConfig(),
                config.CopyHostConfig(),
                container.Config.ExposedPorts?.Keys ?? []),
            HealthCheckPath = config.HealthCheckPath,
        };
        if (phantom is not null)
        {
            context.Table.Remove(phantom);
        }

        context.Table.Add(deployment);
        DeploymentLog.Adopted(context.Log, deployment.ContainerName, state.ToString(), deployment.Revision);
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
            return await context.Configs.LoadAsync(reference, cancellationToken);
        }
        catch (Exception fault) when (fault is LaunchConfigNotFoundException or HashMismatchException
            or InvalidLaunchConfigException)
        {
            return null;
        }
    }

    private async Task ForgetAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        await deployment.Handling.WaitAsync(cancellationToken);
        try
        {
            if (deployment.State is DeploymentState.Ready or DeploymentState.Kept)
            {
                deployment.MoveTo(DeploymentState.Removed);
                context.Table.Remove(deployment);
            }
        }
        finally
        {
            deployment.Handling.Release();
        }
    }

    private void NoteForeign(IReadOnlyList<ContainerSummary> all) => context.Table.SetForeign(
        [.. all.Where(summary => IsOfOldTool(summary) && context.Table.FindContainer(summary.Id) is null).Select(ToForeign)]);

    private static ContainerView ToForeign(ContainerSummary summary) => new(
        summary.Id,
        NameOf(summary),
        "",
        NameOf(summary),
        "foreign",
        "",
        "unknown",
        summary.Image,
        DateTimeOffset.FromUnixTimeSeconds(summary.Created));

    private bool IsOurs(ContainerSummary summary) =>
        summary.Labels is { } labels
        && labels.GetValueOrDefault(ContainerLabels.AppLabel) == context.Options.App
        && labels.GetValueOrDefault(ContainerLabels.PrefixLabel) == context.PrefixLabel
        && labels.ContainsKey(ContainerLabels.HashLabel);

    private bool IsOfOldTool(ContainerSummary summary) =>
        summary.Labels?.ContainsKey(ContainerLabels.AppLabel) != true
        && summary.Image == context.DefaultImage(NameOf(summary));

    private static string NameOf(ContainerSummary summary) => summary.Names is [var first, ..] ? first.TrimStart('/') : summary.Id;

    private static int PortOf(IReadOnlyDictionary<string, string> labels) =>
        int.TryParse(labels.GetValueOrDefault(ContainerLauncher.PortLabel), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : ContainerPorts.DefaultPort;
}
