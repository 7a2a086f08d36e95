using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Retirement;

namespace WunderProxy.Deployments.Launching;

/// <summary>Starts a kept container again; a container that does not come up stays kept.</summary>
internal sealed class KeptContainerStarter(
    DockerEngineClient engine,
    DeploymentTable table,
    ContainerStarter starter,
    ContainerChecker checker,
    ContainerRetirer retirer,
    FaultPoints faults)
{
    /// <summary>Starts the first of the containers that comes up healthy.</summary>
    /// <returns>The launched container, or null if none comes up.</returns>
    public async Task<LaunchedContainer?> StartAsync(
        IReadOnlyList<Deployment> usable,
        SecretMask mask,
        IProgress<DeploymentProgress> progress,
        CancellationToken cancellationToken)
    {
        foreach (var deployment in usable.Where(d => d.State == DeploymentState.Kept))
        {
            await deployment.Handling.WaitAsync(cancellationToken);
            try
            {
                if (deployment.State == DeploymentState.Kept
                    && await TryStartAsync(deployment, mask, progress, cancellationToken))
                {
                    return new LaunchedContainer(deployment, LaunchMethod.Started);
                }
            }
            finally
            {
                deployment.Handling.Release();
            }
        }

        return null;
    }

    private async Task<bool> TryStartAsync(
        Deployment deployment,
        SecretMask mask,
        IProgress<DeploymentProgress> progress,
        CancellationToken cancellationToken)
    {
        deployment.MoveTo(DeploymentState.Starting);
        progress.Report(new DeploymentProgress("starting", $"starting the kept container {deployment.Replica.Name}"));
        try
        {
            var before = await engine.InspectContainerAsync(deployment.Replica.Id.Value, cancellationToken);
            var running = await starter.StartAsync(deployment.Replica.Id.Value, before.State.StartedAt, cancellationToken);
            faults.Hit("kept-started");
            deployment.MoveTo(DeploymentState.Checking);
            await checker.WaitUntilHealthyAsync(deployment, running, before.RestartCount, mask, progress, cancellationToken);
            deployment.MoveTo(DeploymentState.Ready);
            return true;
        }
        catch (ContainerNotFoundException)
        {
            deployment.MoveTo(DeploymentState.Failed, "removed");
            deployment.MoveTo(DeploymentState.Removed);
            table.Remove(deployment);
            return false;
        }
        catch (Exception exception)
        {
            deployment.MoveTo(DeploymentState.Failed, DeploymentFaults.Translate(exception)?.Code ?? "cancelled");
            deployment.MoveTo(DeploymentState.Kept);
            retirer.BeginStopKept(deployment);
            if (exception is DeploymentException or DockerEngineException)
            {
                progress.Report(new DeploymentProgress("creating", $"the kept container did not come up: {exception.Message}"));
                return false;
            }

            throw;
        }
    }
}
