using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>What each changing call does, step by step; always under the operation gate.</summary>
internal sealed class DeploymentOperations(
    LifecycleContext context,
    ContainerLauncher launcher,
    ContainerChecker checker,
    ContainerRetirer retirer,
    TrafficSwitcher switcher,
    SwitchGuard guard,
    EventRecorder events,
    HistoryRecorder history)
{
    /// <summary>Loads, launches, records the event.</summary>
    public async Task<LaunchResult> LaunchAsync(
        LaunchConfigReference reference, string by, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        var began = context.Clock.GetTimestamp();
        var config = await LoadAsync(reference, progress, cancellationToken);
        var launched = await launcher.LaunchAsync(config, progress, cancellationToken);
        context.Faults.Hit("launched");
        await events.RecordAsync(events.Create(EventType.Launch, by) with
        {
            Revision = config.Revision,
            Hash = config.Hash.Value,
            FromHash = context.Record.Current.Hash,
        });
        await retirer.RetireUnusedAsync();
        var deployment = launched.Deployment;
        return new LaunchResult(
            deployment.Hash,
            deployment.Revision,
            deployment.ContainerId,
            deployment.Address?.ToString() ?? "",
            deployment.Address?.Port ?? 0,
            launched.Method,
            SecondsSince(began));
    }

    /// <summary>Finds a running container of the hash, probes it once more, switches, records the event.</summary>
    public async Task<SwitchResult> SwitchAsync(
        LaunchConfigReference reference, SwitchOptions options, CancellationToken cancellationToken)
    {
        var next = await FindSwitchableAsync(reference, cancellationToken);
        if (next.State == DeploymentState.Current)
        {
            return ResultOf(next, isChanged: false);
        }

        var fromHash = context.Record.Current.Hash;
        var config = await FindBytesAsync(next.Hash, cancellationToken);
        var previous = await SwitchGuardedAsync(next, config, null, options.Guard, cancellationToken);
        await events.RecordAsync(events.Create(EventType.Switch, options.By) with
        {
            Revision = next.Revision,
            Hash = next.Hash,
            FromHash = previous?.Hash ?? fromHash,
        });
        return ResultOf(next, isChanged: true);
    }

    /// <summary>Retires what was launched of a config and never switched to.</summary>
    public async Task<int> RetireAsync(LaunchConfigReference reference)
    {
        var waiting = context.Table.All.Where(d => d.State == DeploymentState.Ready && d.IsOf(reference)).ToArray();
        foreach (var deployment in waiting)
        {
            await retirer.RetireAsync(deployment);
        }

        return waiting.Length;
    }

    /// <summary>Stores the config, then brings it into service and into the history.</summary>
    public async Task<DeployResult> DeployAsync(
        DeployRequest request, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        var began = context.Clock.GetTimestamp();
        var config = request.Config is { } bytes
            ? await StoreAsync(LaunchConfig.Parse(bytes), progress, cancellationToken)
            : await LoadAsync(LaunchConfigReference.Parse(request.Reference ?? ""), progress, cancellationToken);
        var intent = DeploymentIntent.Deploy(config, request.By, context.Clock.GetUtcNow());
        return await BringIntoServiceAsync(config, intent, request.Guard, began, progress, cancellationToken);
    }

    /// <summary>Finds the history entry to go back to and brings it into service.</summary>
    public async Task<DeployResult> RollbackAsync(
        RollbackRequest request, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        var began = context.Clock.GetTimestamp();
        progress.Report(new DeploymentProgress("fetching", "reading the history"));
        var loaded = await context.History.LoadAsync(cancellationToken);
        var target = loaded.FindTarget(
            request.Target, await FindInServiceAsync(cancellationToken), await FindNamedAsync(request.Target, cancellationToken));
        var config = await LoadAsync(LaunchConfigReference.Parse(target.Hash), progress, cancellationToken);
        var needs = await launcher.ForeseeAsync(config, cancellationToken) switch
        {
            "running" => "its container still runs",
            "started" => "its kept container is started",
            "created" => "a new container of its image is started",
            _ when config.ImageBucket.Length > 0 => $"its image has to be pulled, or loaded from {config.ImageBucket}, first",
            _ => "its image has to be pulled first",
        };
        progress.Report(new DeploymentProgress("fetching", $"going back to {config.Revision} of {target.DeployedAt:O}: {needs}"));
        var intent = DeploymentIntent.Rollback(target, request.By, context.Clock.GetUtcNow());
        return await BringIntoServiceAsync(config, intent, request.Guard, began, progress, cancellationToken);
    }

    private async Task<DeployResult> BringIntoServiceAsync(
        LaunchConfig config,
        DeploymentIntent intent,
        TimeSpan? guardFor,
        long began,
        IProgress<DeploymentProgress> progress,
        CancellationToken cancellationToken)
    {
        await using var claim = await context.History.ClaimAsync(intent.By, cancellationToken);
        context.Faults.Hit("claimed");
        var launched = await launcher.LaunchAsync(config, progress, cancellationToken);
        var deployment = launched.Deployment;
        var told = intent with { FromHash = context.Record.Current.Hash };
        progress.Report(new DeploymentProgress("switching", $"switching to {deployment.Revision} at {deployment.Address}"));
        await SwitchGuardedAsync(deployment, config.Bytes.ToArray(), told, guardFor, cancellationToken);
        var seconds = SecondsSince(began);

        // From here on nothing fails the call: traffic goes to the new one.
        progress.Report(new DeploymentProgress("recording", "writing the history"));
        var isWritten = await history.CompleteAsync(told, claim, CancellationToken.None);
        await retirer.RetireUnusedAsync();
        return new DeployResult(
            deployment.Hash,
            deployment.Revision,
            deployment.ContainerId,
            deployment.Address?.ToString() ?? "",
            launched.Method,
            seconds,
            !isWritten);
    }

    private async Task<Deployment?> SwitchGuardedAsync(
        Deployment next, byte[] config, DeploymentIntent? intent, TimeSpan? guardFor, CancellationToken cancellationToken)
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var record = context.Record.Current;
        var previous = await switcher.SwitchAsync(next, config, intent, hold.Task, cancellationToken);
        var duration = guardFor ?? context.Options.Guard;
        if (previous is { Address: not null } && duration > TimeSpan.Zero)
        {
            var previousConfig = record.Hash == previous.Hash ? record.Config : [];
            guard.Begin(new GuardedSwitch(next, previous, previousConfig, intent, hold), duration);
        }
        else
        {
            hold.SetResult();
        }

        return previous;
    }

    private async Task<Deployment> FindSwitchableAsync(
        LaunchConfigReference reference, CancellationToken cancellationToken)
    {
        var known = context.Table.FindByReference(reference);
        if (known.FirstOrDefault(d => d is { State: DeploymentState.Current, Address: not null }) is { } current
            && !known.Any(d => d.State == DeploymentState.Ready && d.CreatedAt > current.CreatedAt))
        {
            return current;
        }

        ProbeResult? last = null;
        foreach (var deployment in known.Where(d => d.IsUp))
        {
            last = await checker.CheckOnceAsync(deployment, cancellationToken);
            if (last.Value.IsHealthy)
            {
                return deployment;
            }
        }

        if (last is { } failed && failed.Reason != "not_running")
        {
            throw new DeploymentException(
                DeploymentError.Unhealthy,
                $"the container of {known[0].Revision} runs and its probe fails: {failed.Reason}",
                new DeploymentErrorDetails { Probes = [failed.ToView()] });
        }

        var revision = known.Count > 0 ? known[0].Revision : (await context.Configs.LoadAsync(reference, cancellationToken)).Revision;
        throw new DeploymentException(
            DeploymentError.NotRunning, $"revision {revision} ({reference.Brief}) has no running container: launch it first");
    }

    private async Task<LaunchConfig> StoreAsync(
        LaunchConfig config, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new DeploymentProgress("fetching", $"storing launch config {config}"));
        await context.Configs.AddAsync(config, cancellationToken);
        context.Faults.Hit("config-stored");
        return config;
    }

    private async Task<LaunchConfig> LoadAsync(
        LaunchConfigReference reference, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new DeploymentProgress("fetching", $"reading launch config {reference.Brief}"));
        try
        {
            return await context.Configs.LoadAsync(reference, cancellationToken);
        }
        catch (ObjectStoreException) when (FindRecorded() is { } recorded && recorded.Is(reference))
        {
            // The one in service is known without the store.
            return recorded;
        }
    }

    private async Task<byte[]> FindBytesAsync(string hash, CancellationToken cancellationToken)
    {
        try
        {
            return (await context.Configs.LoadAsync(LaunchConfigReference.Parse(hash), cancellationToken)).Bytes.ToArray();
        }
        catch (Exception fault) when (fault is ObjectStoreException or LaunchConfigNotFoundException
            or HashMismatchException or InvalidLaunchConfigException)
        {
            // A switch with the store away goes ahead; a start without the store then relies on labels.
            return [];
        }
    }

    private LaunchConfig? FindRecorded() => LaunchConfig.Find(context.Record.Current.Config);

    private async Task<LaunchConfig?> FindInServiceAsync(CancellationToken cancellationToken)
    {
        var hash = context.Record.Current.Hash;
        if (FindRecorded() is { } recorded && recorded.Hash.Value == hash)
        {
            return recorded;
        }

        return hash.Length == 0 ? null : await FindNamedAsync(hash, cancellationToken);
    }

    private async Task<LaunchConfig?> FindNamedAsync(string target, CancellationToken cancellationToken)
    {
        if (!LaunchConfigReference.TryParse(target, out var reference))
        {
            return null;
        }

        try
        {
            return await context.Configs.LoadAsync(reference, cancellationToken);
        }
        catch (LaunchConfigNotFoundException)
        {
            return null;
        }
    }

    private double SecondsSince(long began) => Math.Round(context.Clock.GetElapsedTime(began).TotalSeconds, 3);

    private static SwitchResult ResultOf(Deployment deployment, bool isChanged) => new(
        deployment.Hash,
        deployment.Revision,
        deployment.ContainerId,
        deployment.Address?.ToString() ?? "",
        deployment.Address?.Port ?? 0,
        isChanged);
}
