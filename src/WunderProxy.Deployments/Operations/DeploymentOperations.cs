using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Launching;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Switching;

namespace WunderProxy.Deployments.Operations;

/// <summary>The steps of each changing call; always under the operation gate.</summary>
internal sealed class DeploymentOperations(
    Application application,
    ConfigSource configs,
    ContainerLauncher launcher,
    ContainerChecker checker,
    ContainerRetirer retirer,
    TrafficSwitcher switcher,
    SwitchGuard guard,
    HistoryRecorder history)
{
    /// <summary>Loads a launch config, launches it and records the event.</summary>
    public async Task<LaunchResult> LaunchAsync(
        LaunchConfigReference reference, string by, Operation progress, CancellationToken cancellationToken)
    {
        var began = application.Clock.GetTimestamp();
        var config = await LoadAsync(reference, progress, cancellationToken);
        progress.AddNames(config);
        var launched = await launcher.LaunchAsync(config, progress, cancellationToken);
        application.Faults.Hit("launched");
        await application.Events.RecordAtOnceAsync(application.Events.Create(EventType.Launch, by) with
        {
            Revision = config.Revision,
            Hash = config.Hash.Value,
            FromHash = application.Record.Current.Hash,
            Seconds = SecondsSince(began),
        });
        retirer.BeginRetireUnused();
        var deployment = launched.Deployment;
        return new LaunchResult(
            deployment.Hash.Value,
            deployment.Revision,
            deployment.Replica.Id.Value,
            deployment.Replica.Address?.ToString() ?? "",
            deployment.Replica.Address?.Port ?? 0,
            launched.Method.ToWire(),
            SecondsSince(began));
    }

    /// <summary>
    /// Finds a running container of the launch config, probes it once more, switches to it and records the event.
    /// </summary>
    public async Task<SwitchResult> SwitchAsync(
        LaunchConfigReference reference, SwitchOptions options, Operation operation, CancellationToken cancellationToken)
    {
        var began = application.Clock.GetTimestamp();
        operation.Steps.Note("checking");
        var next = await FindSwitchableAsync(reference, cancellationToken);
        if (next.State == DeploymentState.Current)
        {
            await switcher.RestoreAsync(next, cancellationToken);
            return ResultOf(next, isChanged: false);
        }

        var fromHash = application.Record.Current.Hash;
        var config = await configs.FindAsync(next, cancellationToken);
        operation.Steps.Note("switching");
        var (done, watch) = await SwitchGuardedAsync(next, config, null, options.Guard, cancellationToken);
        operation.Steps.Note("recording");

        // From here on no failure ends the call: traffic goes to the new container.
        await application.Events.RecordAsync(application.Events.Create(EventType.Switch, options.By) with
        {
            Revision = next.Revision,
            Hash = next.Hash.Value,
            FromHash = done.Previous?.Hash.Value ?? fromHash,
            Seconds = SecondsSince(began),
            Measured = done.Measured,
        });
        return ResultOf(next, isChanged: true) with { Guard = watch };
    }

    /// <summary>Retires the containers of a launch config that were launched and never switched to.</summary>
    public async Task<int> RetireAsync(LaunchConfigReference reference)
    {
        var waiting = application.Table.All.Where(d => d.State == DeploymentState.Ready && d.IsOf(reference)).ToArray();
        foreach (var deployment in waiting)
        {
            await retirer.RetireAsync(deployment);
        }

        return waiting.Length;
    }

    /// <summary>Stores the launch config, then brings it into service and into the history.</summary>
    public async Task<DeployResult> DeployAsync(
        DeployRequest request, Operation progress, CancellationToken cancellationToken)
    {
        var began = application.Clock.GetTimestamp();
        var config = request.Config is { } bytes
            ? LaunchConfig.Parse(bytes)
            : await LoadAsync(LaunchConfigReference.Parse(request.Reference ?? ""), progress, cancellationToken);
        progress.AddNames(config);

        // Stored also if the caller named it by its MD5, because the history will name it by its SHA-256.
        var (_, claim) = await ClaimBesideAsync(
            request.By, () => StoreAsync(config, progress, cancellationToken), cancellationToken);
        var intent = DeploymentIntent.Deploy(config, request.By, application.Clock.GetUtcNow());
        return await BringIntoServiceAsync(config, intent, claim, request.Guard, began, progress, cancellationToken);
    }

    /// <summary>Finds the history entry to go back to and brings its launch config into service.</summary>
    public async Task<DeployResult> RollbackAsync(
        RollbackRequest request, Operation progress, CancellationToken cancellationToken)
    {
        var began = application.Clock.GetTimestamp();
        var (found, claim) = await ClaimBesideAsync(
            request.By, () => FindEarlierAsync(request, progress, cancellationToken), cancellationToken);
        progress.Config = found.Config;
        var intent = DeploymentIntent.Rollback(found.Target, request.By, application.Clock.GetUtcNow());
        return await BringIntoServiceAsync(found.Config, intent, claim, request.Guard, began, progress, cancellationToken);
    }

    private async Task<(HistoryEntry Target, LaunchConfig Config)> FindEarlierAsync(
        RollbackRequest request, Operation progress, CancellationToken cancellationToken)
    {
        progress.Report(new DeploymentProgress("fetching", "reading the history"));
        var loaded = await application.History.LoadAsync(cancellationToken);
        var target = loaded.FindTarget(
            request.Target, await FindInServiceAsync(cancellationToken), await FindNamedAsync(request.Target, cancellationToken));
        var config = await LoadAsync(ReferenceOf(target), progress, cancellationToken);
        var needs = await launcher.ForeseeAsync(config, cancellationToken) switch
        {
            LaunchMethod.Running => "its container still runs",
            LaunchMethod.Started => "its kept container is started",
            LaunchMethod.Created => "a new container of its image is started",
            _ when config.ImageBucket.Length > 0 => $"its image has to be pulled, or loaded from {config.ImageBucket}, first",
            _ => "its image has to be pulled first",
        };
        progress.Report(new DeploymentProgress("fetching", $"going back to {config.Revision} of {target.DeployedAt:O}: {needs}"));
        return (target, config);
    }

    /// <summary>
    /// Claims the history while another step before the launch runs. If the step or the claim fails, the claim is given
    /// back; the step's failure is reported before the claim's.
    /// </summary>
    private async Task<(T Result, HistoryClaim Claim)> ClaimBesideAsync<T>(
        string by, Func<Task<T>> step, CancellationToken cancellationToken)
    {
        var claiming = application.History.ClaimAsync(by, cancellationToken);
        try
        {
            var result = await step();
            return (result, await claiming);
        }
        catch
        {
            await application.AfterSwitch.TryAsync("giving the lease back", () => GiveBackAsync(claiming));
            throw;
        }
    }

    private static async Task GiveBackAsync(Task<HistoryClaim> claiming)
    {
        await ((Task)claiming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (claiming.IsCompletedSuccessfully)
        {
            await (await claiming).DisposeAsync();
        }
    }

    private async Task<DeployResult> BringIntoServiceAsync(
        LaunchConfig config,
        DeploymentIntent intent,
        HistoryClaim claim,
        TimeSpan? guardFor,
        long began,
        Operation progress,
        CancellationToken cancellationToken)
    {
        try
        {
            application.Faults.Hit("claimed");
            var launched = await launcher.LaunchAsync(config, progress, cancellationToken);
            return await SwitchAndRecordAsync(launched, config, intent, claim, guardFor, began, progress, cancellationToken);
        }
        finally
        {
            // A lease that cannot be released must hide neither the switch nor an earlier fault.
            await application.AfterSwitch.TryAsync("giving the lease back", () => claim.DisposeAsync().AsTask());
        }
    }

    private async Task<DeployResult> SwitchAndRecordAsync(
        LaunchedContainer launched,
        LaunchConfig config,
        DeploymentIntent intent,
        HistoryClaim claim,
        TimeSpan? guardFor,
        long began,
        Operation progress,
        CancellationToken cancellationToken)
    {
        var deployment = launched.Deployment;
        var told = intent with { FromHash = application.Record.Current.Hash, Seconds = SecondsSince(began) };
        progress.Report(new DeploymentProgress("switching", $"switching to {deployment.Revision} at {deployment.Replica.Address}"));
        var (_, watch) = await SwitchGuardedAsync(deployment, config, told, guardFor, cancellationToken);
        var seconds = SecondsSince(began);

        // From here on no failure ends the call: traffic goes to the new container.
        application.AfterSwitch.Try(
            "telling the progress", () => progress.Report(new DeploymentProgress("recording", "writing the history")));
        var isWritten = await history.CompleteAsync(told, claim);
        retirer.BeginRetireUnused();
        return new DeployResult(
            deployment.Hash.Value,
            deployment.Revision,
            deployment.Replica.Id.Value,
            deployment.Replica.Address?.ToString() ?? "",
            launched.Method.ToWire(),
            seconds,
            !isWritten)
        {
            Guard = watch,
        };
    }

    /// <summary>Switches and begins the guard's watch; nothing throws after the switch.</summary>
    /// <returns>What the switch led to, and the id of the watch; null for none.</returns>
    private async Task<(SwitchOutcome Done, string? Watch)> SwitchGuardedAsync(
        Deployment next, LaunchConfig? config, DeploymentIntent? intent, TimeSpan? guardFor, CancellationToken cancellationToken)
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = application.Record.Current;
        var done = await switcher.SwitchAsync(next, config, intent, hold.Task, cancellationToken);
        var duration = guardFor ?? application.Options.Guard;
        string? watch = null;
        if (done.Previous is { Replica.Address: not null } previous && duration > TimeSpan.Zero)
        {
            application.AfterSwitch.Try(
                "beginning the guard's watch",
                () => watch = guard.Begin(new GuardedSwitch(next, previous, before, intent, hold), duration));
        }

        if (watch is null)
        {
            hold.SetResult();
        }

        return (done, watch);
    }

    private async Task<Deployment> FindSwitchableAsync(
        LaunchConfigReference reference, CancellationToken cancellationToken)
    {
        var known = application.Table.FindByReference(reference);
        if (known.Count == 0)
        {
            // A container that was found at a start may know only the other digest of its launch config.
            var config = await configs.LoadAsync(reference, cancellationToken);
            known = application.Table.FindByReference(config.Hash);
            if (known.Count == 0)
            {
                throw NotRunning(config.Revision, reference);
            }
        }

        if (known.FirstOrDefault(d => d is { State: DeploymentState.Current, Replica.Address: not null }) is { } current
            && !known.Any(d => d.State == DeploymentState.Ready && d.Replica.CreatedAt > current.Replica.CreatedAt))
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

        if (last is { } failed && failed.Reason != ProbeReason.NotRunning)
        {
            throw new DeploymentException(
                DeploymentError.Unhealthy,
                $"the container of {known[0].Revision} runs and its probe fails: {failed.Reason}",
                new DeploymentErrorDetails { Probes = [failed.ToView()] });
        }

        throw NotRunning(known[0].Revision, reference);
    }

    private static DeploymentException NotRunning(string revision, LaunchConfigReference reference) => new(
        DeploymentError.NotRunning, $"revision {revision} ({reference.Brief}) has no running container: launch it first");

    /// <summary>Parses the hash of a history entry; other programs write the history too.</summary>
    private static LaunchConfigReference ReferenceOf(HistoryEntry target) =>
        LaunchConfigReference.TryParse(target.Hash, out var reference)
            ? reference
            : throw new DeploymentException(
                DeploymentError.NotFound,
                $"the history entry of {target.Revision} names no launch config: its Hash is '{target.Hash}'");

    private async Task<LaunchConfig> StoreAsync(
        LaunchConfig config, Operation progress, CancellationToken cancellationToken)
    {
        progress.Report(new DeploymentProgress("fetching", $"storing launch config {config}"));
        await application.Configs.AddAsync(config, cancellationToken);
        application.Faults.Hit("config-stored");
        return config;
    }

    private async Task<LaunchConfig> LoadAsync(
        LaunchConfigReference reference, Operation progress, CancellationToken cancellationToken)
    {
        progress.Report(new DeploymentProgress("fetching", $"reading launch config {reference.Brief}"));
        return await configs.LoadAsync(reference, cancellationToken);
    }

    private async Task<LaunchConfig?> FindInServiceAsync(CancellationToken cancellationToken) =>
        application.Record.Current.Hash is { Length: > 0 } hash ? await FindNamedAsync(hash, cancellationToken) : null;

    private async Task<LaunchConfig?> FindNamedAsync(string target, CancellationToken cancellationToken)
    {
        if (!LaunchConfigReference.TryParse(target, out var reference))
        {
            return null;
        }

        try
        {
            return await configs.LoadAsync(reference, cancellationToken);
        }
        catch (LaunchConfigNotFoundException)
        {
            return null;
        }
    }

    private double SecondsSince(long began) => Math.Round(application.Clock.GetElapsedTime(began).TotalSeconds, 3);

    private static SwitchResult ResultOf(Deployment deployment, bool isChanged) => new(
        deployment.Hash.Value,
        deployment.Revision,
        deployment.Replica.Id.Value,
        deployment.Replica.Address?.ToString() ?? "",
        deployment.Replica.Address?.Port ?? 0,
        isChanged);
}
