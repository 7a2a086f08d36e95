using System.Globalization;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Machines;

namespace WunderProxy.Deployments.Launching;

/// <summary>Waits until a started container is healthy, and fails as soon as it cannot become healthy.</summary>
internal sealed class ContainerChecker(Machine machine, HealthProbe probes, LifecycleOptions options, TimeProvider clock)
{
    private readonly KillInquiry _inquiry = new(machine.Engine, clock);

    /// <summary>
    /// Probes until one probe succeeds while the container runs with an unchanged start time. Sets the deployment's
    /// address and start time.
    /// </summary>
    /// <param name="deployment">The deployment whose container is checked.</param>
    /// <param name="restartsBefore">The engine's restart count before this start.</param>
    /// <param name="mask">Masks secrets in the container's log.</param>
    /// <param name="progress">Receives the result of each probe.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="DeploymentException">
    /// The container exited, restarted, or was not healthy in time; the exception has the evidence.
    /// </exception>
    public async Task WaitUntilHealthyAsync(
        Deployment deployment,
        int restartsBefore,
        SecretMask mask,
        IProgress<DeploymentProgress> progress,
        CancellationToken cancellationToken)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var exit = WatchExitAsync(deployment.Replica.Id.Value, watch.Token);
        try
        {
            await WaitUntilHealthyAsync(deployment, restartsBefore, exit, mask, progress, cancellationToken);
        }
        finally
        {
            await watch.CancelAsync();
            await exit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Probes a container once, after checking that it runs, and updates its address.</summary>
    public async Task<ProbeResult> CheckOnceAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        try
        {
            var container = await machine.Engine.InspectContainerAsync(deployment.Replica.Id.Value, cancellationToken);
            if (!container.State.Running || container.State.Restarting || container.State.Paused)
            {
                return new ProbeResult(now, ProbeReason.NotRunning, TimeSpan.Zero);
            }

            var evidence = new LaunchEvidence(machine.Engine, clock);
            var isHealthy = await ProbeAsync(deployment, container, evidence, null, cancellationToken);
            if (isHealthy && !await IsSameRunAsync(deployment, container.State.StartedAt, cancellationToken))
            {
                // The address may have been given to another container, which then answered.
                return new ProbeResult(now, ProbeReason.NotRunning, TimeSpan.Zero);
            }

            deployment.See(replica => replica with { StartedAt = container.State.StartedAt });
            var isDoubted = isHealthy && container.State.Healthcheck == HealthcheckState.Unhealthy;
            return new ProbeResult(now, isDoubted ? ProbeReason.Healthcheck : evidence.LastReason, TimeSpan.Zero);
        }
        catch (ContainerNotFoundException)
        {
            return new ProbeResult(now, ProbeReason.NotRunning, TimeSpan.Zero);
        }
    }

    private async Task WaitUntilHealthyAsync(
        Deployment deployment,
        int restartsBefore,
        Task exit,
        SecretMask mask,
        IProgress<DeploymentProgress> progress,
        CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var evidence = new LaunchEvidence(machine.Engine, clock);
        string? startedAt = null;
        while (true)
        {
            var container = await machine.Engine.InspectContainerAsync(deployment.Replica.Id.Value, cancellationToken);
            startedAt ??= container.State.StartedAt;
            if (FailureOf(container, startedAt, restartsBefore) is { } failure)
            {
                var lack = failure == LaunchFailure.Healthcheck ? null : await _inquiry.FindLackOfMemoryAsync(container, cancellationToken);
                throw await FailAsync(
                    deployment, lack is null ? failure : LaunchFailure.OutOfMemory, lack ?? Describe(failure, container), evidence, mask);
            }

            var remaining = options.LaunchTimeout - clock.GetElapsedTime(began);
            if (await ProbeAsync(deployment, container, evidence, remaining, cancellationToken)
                && await IsUnchangedAsync(deployment, startedAt, cancellationToken))
            {
                deployment.See(replica => replica.AsHealthy() with { StartedAt = startedAt });
                return;
            }

            if (clock.GetElapsedTime(began) >= options.LaunchTimeout)
            {
                var patience = options.LaunchTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
                throw await FailAsync(
                    deployment, evidence.LastReason.Code, $"is not healthy after {patience} s: {evidence.LastReason}", evidence, mask);
            }

            progress.Report(new DeploymentProgress("checking", $"{deployment.Revision} is not healthy yet: {evidence.LastReason}"));
            await PauseAsync(exit, cancellationToken);
        }
    }

    private async Task<bool> ProbeAsync(
        Deployment deployment,
        ContainerDetails container,
        LaunchEvidence evidence,
        TimeSpan? patience,
        CancellationToken cancellationToken)
    {
        var address = await machine.Addresses.ResolveAsync(
            container, deployment.ContainerPort, options.ContainerAddress, cancellationToken);
        if (address is null)
        {
            evidence.Add(new ProbeResult(clock.GetUtcNow(), ProbeReason.NoRoute, TimeSpan.Zero));
            return false;
        }

        var atLeast = patience < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : patience;
        var probe = await probes.ProbeAsync(address.EndPoint, deployment.HealthCheckPath, atLeast, cancellationToken);
        evidence.Add(probe, isCutShort: atLeast < options.HealthTimeout);
        if (probe.IsHealthy)
        {
            deployment.See(replica => replica with { Address = address });
        }

        return probe.IsHealthy;
    }

    private async Task<bool> IsSameRunAsync(Deployment deployment, string startedAt, CancellationToken cancellationToken)
    {
        var container = await machine.Engine.InspectContainerAsync(deployment.Replica.Id.Value, cancellationToken);
        return container.State.Running && container.State.StartedAt == startedAt;
    }

    private async Task<bool> IsUnchangedAsync(Deployment deployment, string startedAt, CancellationToken cancellationToken)
    {
        var container = await machine.Engine.InspectContainerAsync(deployment.Replica.Id.Value, cancellationToken);
        return container.State is { Running: true, Restarting: false }
            && container.State.StartedAt == startedAt
            && container.State.Healthcheck != HealthcheckState.Unhealthy;
    }

    private static string? FailureOf(ContainerDetails container, string startedAt, int restartsBefore)
    {
        var state = container.State;
        // A start by hand makes the engine count restarts from 0 again.
        var hasRestarted = container.RestartCount > (container.RestartCount < restartsBefore ? 0 : restartsBefore);
        if (state.Running && !state.Restarting && state.StartedAt == startedAt && !hasRestarted)
        {
            return state.Healthcheck == HealthcheckState.Unhealthy ? LaunchFailure.Healthcheck : null;
        }

        return state.Restarting || hasRestarted ? LaunchFailure.RestartLoop : LaunchFailure.ExitCode;
    }

    private static string Describe(string failure, ContainerDetails container)
    {
        var code = container.State.ExitCode.ToString(CultureInfo.InvariantCulture);
        return failure switch
        {
            LaunchFailure.RestartLoop => $"exited with code {code} and was restarted while it was awaited",
            LaunchFailure.Healthcheck => "is unhealthy by its own HEALTHCHECK",
            _ => $"exited with code {code}{(container.State.Error.Length > 0 ? $": {container.State.Error}" : "")}",
        };
    }

    private static async Task<DeploymentException> FailAsync(
        Deployment deployment, string reason, string what, LaunchEvidence evidence, SecretMask mask)
    {
        var details = await evidence.CollectAsync(reason, deployment.Replica.Id.Value, mask, CancellationToken.None);
        var listens = evidence.Listeners is null ? "" : ListeningHint.Of(evidence.Listeners, deployment.ContainerPort);
        return new DeploymentException(
            DeploymentError.LaunchFailed, mask.Apply($"the container of {deployment.Revision} {what}{listens}"), details);
    }

    /// <summary>Ends the pause between two checks early when the container exits; the next check decides.</summary>
    private async Task WatchExitAsync(string container, CancellationToken cancellationToken)
    {
        try
        {
            await machine.Engine.WaitForExitAsync(container, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or DockerEngineException
            or EngineUnavailableException or IOException or HttpRequestException)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PauseAsync(Task exit, CancellationToken cancellationToken)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(options.HealthInterval, clock, pause.Token);
        await Task.WhenAny(delay, exit);
        await pause.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
