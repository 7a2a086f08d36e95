using System.Net;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Launching;

/// <summary>Collects evidence for why a container did not come up.</summary>
internal sealed class LaunchEvidence(DockerEngineClient engine, TimeProvider clock)
{
    private const int MaxProbes = 10;
    private const int LogLines = 50;

    private readonly Queue<ProbeResult> _probes = new();
    private long? _memoryPeak;

    /// <summary>Reason of the last probe; <see cref="ProbeReason.Timeout"/> if there was none.</summary>
    public ProbeReason LastReason { get; private set; } = ProbeReason.Timeout;

    /// <summary>Where the container listens, once collected; null if unknown.</summary>
    public IReadOnlyList<IPEndPoint>? Listeners { get; private set; }

    /// <summary>
    /// Adds the result of a probe. A probe cut short by the end of the launch says less than those before it.
    /// </summary>
    public void Add(ProbeResult probe, bool isCutShort = false)
    {
        if (isCutShort && probe.Reason == ProbeReason.Timeout && _probes.Count > 0)
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

    /// <summary>Measures the memory of a running container, which nobody can measure after its end.</summary>
    public void Measure(ContainerDetails running)
    {
        if (ContainerMemory.FindPeak(running) is { } peak && peak > (_memoryPeak ?? 0))
        {
            _memoryPeak = peak;
        }
    }

    /// <summary>
    /// Asks the engine for log and exit code while the container still exists; what is not available is left out.
    /// </summary>
    public async Task<DeploymentErrorDetails> CollectAsync(
        string reason, string container, SecretMask mask, CancellationToken cancellationToken)
    {
        var details = new DeploymentErrorDetails
        {
            Reason = reason,
            Probes = [.. _probes.Select(probe => Masked(probe, mask).ToView())],
            MemoryPeak = _memoryPeak,
        };
        try
        {
            var state = await engine.InspectContainerAsync(container, cancellationToken);
            Listeners = await ListeningPorts.FindAsync(state, clock, cancellationToken);
            return details with
            {
                ExitCode = ExitCodeOf(state),
                MemoryLimit = state.MemoryLimit > 0 ? state.MemoryLimit : null,
                ListeningPorts = Listeners is null ? null : [.. Listeners.Select(listener => listener.Port).Distinct()],
                ListeningAddresses = Listeners is null ? null : [.. Listeners.Select(listener => listener.ToString())],
                Log = await FindLogAsync(container, mask, cancellationToken),
            };
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            // Engine or container may be gone; the reason is reported without this evidence.
            return details;
        }
    }

    /// <summary>
    /// Reads the last lines of the log; null if there is nothing to read, as some log drivers only write.
    /// </summary>
    private async Task<IReadOnlyList<string>?> FindLogAsync(
        string container, SecretMask mask, CancellationToken cancellationToken)
    {
        try
        {
            var log = await engine.ReadLogsAsync(container, LogLines, cancellationToken);
            return [.. log.Select(mask.Apply)];
        }
        catch (Exception exception) when (exception is DockerEngineException or EngineUnavailableException)
        {
            return null;
        }
    }

    private static ProbeResult Masked(ProbeResult probe, SecretMask mask) =>
        probe with { Location = probe.Location is { } location ? mask.Apply(location) : null };

    private static long? ExitCodeOf(ContainerDetails state) => state.State.Running ? null : state.State.ExitCode;
}
