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
    /// <param name="seen">The running container, if it was just read; else null.</param>
    /// <param name="restartsBefore">The engine's restart count before this start.</param>
    /// <param name="mask">Masks secrets in the container's log.</param>
    /// <param name="progress">Receives the result of each probe.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="DeploymentException">
    /// The container exited, restarted, or was not healthy in time; the exception has the evidence.
    /// </exception>
    public async Task WaitUntilHealthyAsync(
        Deployment deployment,
        ContainerDetails? seen,
        int restartsBefore,
        SecretMask mask,
        IProgress<DeploymentProgress> progress,
        CancellationToken cancellationToken)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var exited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var exit = WatchExitAsync(deployment.Replica.Id.Value, exited, watch.Token);
        try
        {
            await WaitUntilHealthyAsync(deployment, seen, restartsBefore, mask, progress, exited.Token, cancellationToken);
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

    /// <summary>
    /// Probes and then looks whether the container still runs as before, with growing pauses. The end of
    /// <paramref name="exited"/> cuts a probe and a pause short, so that the next look comes at once.
    /// </summary>
    private async Task WaitUntilHealthyAsync(
        Deployment deployment,
        ContainerDetails? seen,
        int restartsBefore,
        SecretMask mask,
        IProgress<DeploymentProgress> progress,
        CancellationToken exited,
        CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var evidence = new LaunchEvidence(machine.Engine, clock);
        var pauses = new ProbePauses(options.HealthInterval);
        var container = seen ?? await InspectAsync(deployment, cancellationToken);
        var startedAt = container.State.StartedAt;
        await DemandRunningAsync(deployment, container, startedAt, restartsBefore, evidence, mask, cancellationToken);
        while (true)
        {
            evidence.Measure(container);
            var remaining = options.LaunchTimeout - clock.GetElapsedTime(began);
            var isHealthy = await ProbeUntilExitAsync(deployment, container, evidence, remaining, exited, cancellationToken);
            container = await InspectAsync(deployment, cancellationToken);
            await DemandRunningAsync(deployment, container, startedAt, restartsBefore, evidence, mask, cancellationToken);
            if (isHealthy)
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
            if (await IsCutShortAsync(pauses.Next(), exited, cancellationToken))
            {
                // An exit that the engine has not yet put down cuts nothing short a second time.
                exited = cancellationToken;
                container = await InspectAsync(deployment, cancellationToken);
                await DemandRunningAsync(deployment, container, startedAt, restartsBefore, evidence, mask, cancellationToken);
            }
        }
    }

    private Task<ContainerDetails> InspectAsync(Deployment deployment, CancellationToken cancellationToken) =>
        machine.Engine.InspectContainerAsync(deployment.Replica.Id.Value, cancellationToken);

    /// <summary>Throws, with the evidence, if the container does not run any more as it was started.</summary>
    private async Task DemandRunningAsync(
        Deployment deployment,
        ContainerDetails container,
        string startedAt,
        int restartsBefore,
        LaunchEvidence evidence,
        SecretMask mask,
        CancellationToken cancellationToken)
    {
        if (FailureOf(container, startedAt, restartsBefore) is { } failure)
        {
            var lack = failure == LaunchFailure.Healthcheck ? null : await _inquiry.FindLackOfMemoryAsync(container, cancellationToken);
            throw await FailAsync(
                deployment, lack is null ? failure : LaunchFailure.OutOfMemory, lack ?? Describe(failure, container), evidence, mask);
        }
    }

    /// <summary>Probes; a probe that the container's exit cuts short is no evidence.</summary>
    private async Task<bool> ProbeUntilExitAsync(
        Deployment deployment,
        ContainerDetails container,
        LaunchEvidence evidence,
        TimeSpan patience,
        CancellationToken exited,
        CancellationToken cancellationToken)
    {
        try
        {
            return await ProbeAsync(deployment, container, evidence, patience, exited);
        }
        catch (OperationCanceledException) when (exited.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
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
        var probe = await probes.ProbeAsync(deployment, address.EndPoint, atLeast, cancellationToken);
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

    /// <summary>Reports the container's exit; the next look at the container decides what it means.</summary>
    private async Task WatchExitAsync(string container, CancellationTokenSource exited, CancellationToken cancellationToken)
    {
        try
        {
            await machine.Engine.WaitForExitAsync(container, cancellationToken);
            await exited.CancelAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or DockerEngineException or EngineUnavailableException)
        {
            // Without this report the exit is found by the look after the next probe.
        }
    }

    /// <summary>Pauses; returns whether the container's exit ended the pause early.</summary>
    private async Task<bool> IsCutShortAsync(TimeSpan pause, CancellationToken exited, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, clock, exited).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return exited.IsCancellationRequested;
    }
}
