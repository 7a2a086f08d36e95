using System.Globalization;
using System.Net;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Retirement;
using WunderProxy.Deployments.Statistics;

namespace WunderProxy.Deployments.Launching;

/// <summary>
/// Launches a launch config: takes a healthy container that already runs, else starts a kept one, else provides the
/// image and creates, starts and checks a new container. A failed launch removes what it created and leaves everything
/// else alone.
/// </summary>
internal sealed class ContainerLauncher(
    Application application, ImageProvider images, ContainerChecker checker, KeptContainerStarter kept, ContainerStarter starter, OrphanRemover orphans)
{
    /// <summary>Most names tried for a container; a random name is taken once in 65,536 times.</summary>
    private const int MaxNames = 3;

    private readonly LaunchJudge _judge = new(application.Options, application.Machine.Engine.Endpoint);

    /// <summary>Launches a launch config; called under the operation gate.</summary>
    /// <exception cref="DeploymentException">The container did not come up.</exception>
    public async Task<LaunchedContainer> LaunchAsync(
        LaunchConfig config, IProgress<DeploymentProgress> progress, CancellationToken cancellationToken)
    {
        var mask = application.MaskOf(config);
        var trail = new LaunchTrail(application, config, new MaskedProgress(progress, mask));
        try
        {
            DemandAllowed(config);
            var launched = await LaunchAsync(config, mask, trail, cancellationToken);
            if (launched.Method != LaunchMethod.Running)
            {
                application.Statistics.CountLaunch(trail.Phases, trail.Seconds, LifecycleStatistics.Ok);
                application.Measurements.NoteStart(config.Hash.Value, trail.StartSeconds);
            }

            return launched;
        }
        catch (Exception exception) when (exception is DeploymentException or DockerEngineException)
        {
            // The engine quotes what it was given, and messages about its answers may contain the quotes.
            var failure = DeploymentFaults.Of(exception).Masked(mask);
            application.Statistics.CountLaunch(trail.Phases, trail.Seconds, LifecycleStatistics.Failed);
            application.FailedLaunch.Note(failure, trail.ToRecord(failure));
            throw failure;
        }
        catch (Exception exception) when (DeploymentFaults.IsKnown(exception))
        {
            application.Statistics.CountLaunch(trail.Phases, trail.Seconds, LifecycleStatistics.Failed);
            application.FailedLaunch.Note(exception, trail.ToRecord(DeploymentFaults.Of(exception).Masked(mask)));
            throw;
        }
    }

    /// <summary>Predicts how a launch would get its container.</summary>
    public async Task<LaunchMethod> ForeseeAsync(LaunchConfig config, CancellationToken cancellationToken)
    {
        var usable = config.ForceReload ? [] : FindUsable(config);
        if (usable.Any(d => d.IsUp))
        {
            return LaunchMethod.Running;
        }

        if (usable.Any(d => d.State == DeploymentState.Kept))
        {
            return LaunchMethod.Started;
        }

        return await images.IsPresentAsync(config, cancellationToken) ? LaunchMethod.Created : LaunchMethod.Pulled;
    }

    private async Task<LaunchedContainer> LaunchAsync(
        LaunchConfig config, SecretMask mask, LaunchTrail progress, CancellationToken cancellationToken)
    {
        if (!config.ForceReload)
        {
            var usable = FindUsable(config);
            var found = await TakeRunningAsync(usable, cancellationToken)
                ?? await kept.StartAsync(usable, mask, progress, cancellationToken);
            if (found is not null)
            {
                // A container that was found at a start may know only part of its launch config.
                found.Deployment.Know(config);
                NoteLaunched(found.Deployment);
                return found;
            }
        }

        var created = await CreateAsync(config, mask, progress, cancellationToken);
        NoteLaunched(created.Deployment);
        return created;
    }

    private string PublishAddress => application.Machine.Engine.Endpoint.IsLocal ? "127.0.0.1" : "";

    /// <summary>
    /// Applies <c>--restrict</c> before anything is pulled, and before a container created without that option is used.
    /// </summary>
    private void DemandAllowed(LaunchConfig config)
    {
        if (_judge.IsOn)
        {
            var image = new ProvidedImage(application.Images.Of(config), new ImageDetails { Id = "" }, LaunchMethod.Created);
            _judge.Demand(config, EngineContainerRequest.Build(config, OptionsOf(config, image)).Body, PublishAddress);
        }
    }

    private Deployment[] FindUsable(LaunchConfig config) =>
        [.. application.Table.FindByReference(config.Hash).Where(d => d.CfgDigest == application.Options.Environment.Digest)];

    private async Task<LaunchedContainer?> TakeRunningAsync(Deployment[] usable, CancellationToken cancellationToken)
    {
        foreach (var deployment in usable.Where(d => d.IsUp))
        {
            var probe = await checker.CheckOnceAsync(deployment, cancellationToken);
            if (probe.IsHealthy && await LeaveRetirementAsync(deployment, cancellationToken))
            {
                deployment.See(replica => replica.AsHealthy());
                return new LaunchedContainer(deployment, LaunchMethod.Running);
            }
        }

        return null;
    }

    /// <summary>Takes a draining deployment out of retirement, so that it waits as launched.</summary>
    private async Task<bool> LeaveRetirementAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        await application.SlotGuard.WaitAsync(cancellationToken);
        try
        {
            if (deployment.State == DeploymentState.Draining)
            {
                deployment.MoveTo(DeploymentState.Ready);
            }

            return deployment.IsUp;
        }
        finally
        {
            application.SlotGuard.Release();
        }
    }

    private async Task<LaunchedContainer> CreateAsync(
        LaunchConfig config, SecretMask mask, LaunchTrail progress, CancellationToken cancellationToken)
    {
        var deployment = new Deployment(config, DeploymentState.Fetching, application.Faults)
        {
            CfgDigest = application.Options.Environment.Digest,
            HealthCheckPath = config.HealthCheckPath,
        };
        application.Table.Add(deployment);
        try
        {
            var image = await images.EnsureAsync(
                config, () => deployment.MoveTo(DeploymentState.Pulling), progress, cancellationToken);
            progress.Image = image;
            await CreateContainerAsync(deployment, config, image, progress, cancellationToken);
            var running = await StartAsync(deployment, progress, cancellationToken);
            await checker.WaitUntilHealthyAsync(deployment, running, 0, mask, progress, cancellationToken);
            deployment.MoveTo(DeploymentState.Ready);
            progress.Report(new DeploymentProgress("ready", $"{deployment.Revision} is healthy at {deployment.Replica.Address}"));
            return new LaunchedContainer(deployment, image.Method);
        }
        catch (Exception exception)
        {
            deployment.MoveTo(DeploymentState.Failed, DeploymentFaults.Translate(exception)?.Code ?? "cancelled");
            await RemoveFailedAsync(deployment);
            throw;
        }
    }

    private async Task CreateContainerAsync(
        Deployment deployment,
        LaunchConfig config,
        ProvidedImage image,
        LaunchTrail progress,
        CancellationToken cancellationToken)
    {
        deployment.UseImage(image.Name, image.Details.Id);
        deployment.MoveTo(DeploymentState.Creating);
        var request = EngineContainerRequest.Build(config, OptionsOf(config, image));
        if (!application.Machine.Engine.Endpoint.IsLocal)
        {
            application.Machine.Notices.Warn(
                "remote",
                "the engine is on another machine, and container ports are published on all its addresses",
                application.Machine.Engine.Endpoint.Host);
        }

        deployment.UsePort(request.ContainerPort);
        progress.ContainerPort = request.ContainerPort;
        AddOwnLabels(request, config);
        _judge.Demand(config, request.Body, PublishAddress);
        for (var attempt = 1; deployment.Replica.Id.IsEmpty; attempt++)
        {
            await CreateNamedAsync(deployment, request, isLast: attempt == MaxNames, progress, cancellationToken);
        }

        application.Faults.Hit("created");
    }

    /// <summary>Creates the container under a new name, unless another container has that name.</summary>
    private async Task CreateNamedAsync(
        Deployment deployment,
        EngineContainerRequest request,
        bool isLast,
        LaunchTrail progress,
        CancellationToken cancellationToken)
    {
        var name = ContainerName.Create(application.Options.App, deployment.Revision, deployment.Hash);
        deployment.See(replica => replica with { Name = name });
        progress.Report(new DeploymentProgress("creating", $"creating container {name}"));
        try
        {
            var id = new ContainerId(await application.Machine.Engine.CreateContainerAsync(name, request.Body, cancellationToken));
            deployment.See(replica => replica with { Id = id, CreatedAt = application.Clock.GetUtcNow() });
        }
        catch (DockerEngineException exception)
        {
            // Another call created the container that has this name.
            var isTaken = exception.StatusCode == HttpStatusCode.Conflict
                && exception.Message.Contains(name, StringComparison.Ordinal);
            if (exception.StatusCode >= HttpStatusCode.BadRequest)
            {
                // After an answer that cannot be read the name stays: the engine may have created the container.
                deployment.See(replica => replica with { Name = "" });
            }

            if (!isTaken || isLast)
            {
                throw DeploymentFaults.Launch(
                    LaunchFailure.CreateFailed, $"the container of {deployment.Revision} cannot be created: {exception.Message}", exception);
            }
        }
    }

    private async Task<ContainerDetails?> StartAsync(
        Deployment deployment, LaunchTrail progress, CancellationToken cancellationToken)
    {
        deployment.MoveTo(DeploymentState.Starting);
        progress.Report(new DeploymentProgress("starting", $"starting container {deployment.Replica.Name}"));
        ContainerDetails? running;
        try
        {
            running = await starter.StartAsync(deployment.Replica.Id.Value, startedBefore: "", cancellationToken);
        }
        catch (DockerEngineException exception)
        {
            throw DeploymentFaults.Launch(
                LaunchFailure.StartFailed, $"the container of {deployment.Revision} cannot be started: {exception.Message}", exception);
        }

        application.Faults.Hit("started");
        deployment.MoveTo(DeploymentState.Checking);
        progress.Report(new DeploymentProgress("checking", $"waiting until {deployment.Revision} is healthy"));
        return running;
    }

    private EngineContainerOptions OptionsOf(LaunchConfig config, ProvidedImage image) => new()
    {
        ImageName = image.Name,
        ImageId = image.Details.Id,
        ImagePorts = image.Details.ExposedPorts,
        Environment = application.Options.Environment,
        Labels = new ContainerLabels(
            application.Options.App,
            application.Options.PrefixLabel,
            config.Hash,
            config.Revision,
            application.Options.Environment.Digest),
        PublishAddress = PublishAddress,
    };

    private static void AddOwnLabels(EngineContainerRequest request, LaunchConfig config)
    {
        var labels = request.Body["Labels"]!.AsObject();
        labels[ContainerClaim.PortLabel] = request.ContainerPort.ToString(CultureInfo.InvariantCulture);
        labels[ContainerClaim.HealthLabel] = config.HealthCheckPath;
        labels[ContainerClaim.AliasLabel] = config.Alias.Value;
    }

    private void NoteLaunched(Deployment deployment)
    {
        if (deployment.State != DeploymentState.Ready)
        {
            return;
        }

        var now = application.Clock.GetUtcNow();
        deployment.NoteUse(now);
        var entry = deployment.ToRecord(now);
        application.Record.TryUpdate(record => record with
        {
            Launched = [.. record.Launched.Where(other => other.Container != entry.Container), entry],
        });
    }

    private async Task RemoveFailedAsync(Deployment deployment)
    {
        if (!deployment.Replica.Id.IsEmpty)
        {
            await orphans.RemoveAsync(deployment.Replica.Id.Value, CancellationToken.None);
        }
        else if (deployment.Replica.Name.Length > 0)
        {
            // The engine gave no answer that can be read, and may have created the container.
            await orphans.RemoveNamedAsync(deployment.Replica.Name, CancellationToken.None);
        }

        deployment.MoveTo(DeploymentState.Removed);
        application.Table.Remove(deployment);
    }
}
