using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>Gathers what tells why a container did not come up.</summary>
internal sealed class LaunchEvidence(LifecycleContext context)
{
    private const int MaxProbes = 10;
    private const int LogLines = 50;

    private readonly Queue<ProbeResult> _probes = new();

    /// <summary>The last probe's reason; <c>timeout</c> when there was none.</summary>
    public string LastReason { get; private set; } = "timeout";

    /// <summary>Notes a probe; one that the end of the launch cut short says less than those before it.</summary>
    public void Add(ProbeResult probe, bool isCutShort = false)
    {
        if (isCutShort && probe.Reason == "timeout" && _probes.Count > 0)
        {
            return;
        }

        LastReason = probe.Reason;
        _probes.Enqueue(probe);
        if (_probes.Count > MaxProbes)
        {
            _probes.Dequeue();
        }
    }

    /// <summary>Asks the engine for logs and exit code while the container still exists; what is not to be had is left out.</summary>
    public async Task<DeploymentErrorDetails> CollectAsync(
        string reason, string container, SecretMask mask, CancellationToken cancellationToken)
    {
        var details = new DeploymentErrorDetails { Reason = reason, Probes = [.. _probes.Select(probe => probe.ToView())] };
        try
        {
            var state = await context.Engine.InspectContainerAsync(container, cancellationToken);
            var log = await context.Engine.ReadLogsAsync(container, state.Config.Tty, LogLines, cancellationToken);
            return details with
            {
                ExitCode = ExitCodeOf(state),
                ListeningPorts = await ListeningPorts.FindAsync(state, context.Clock, cancellationToken),
                Log = [.. log.Select(mask.Apply)],
            };
        }
        catch (Exception fault) when (fault is DockerEngineException or EngineUnavailableException)
        {
            // Some log drivers cannot be read, and the engine may have gone: the reason stands without.
            return details;
        }
    }

    private static long? ExitCodeOf(ContainerDetails state) => state.State.Running ? null : state.State.ExitCode;
}
