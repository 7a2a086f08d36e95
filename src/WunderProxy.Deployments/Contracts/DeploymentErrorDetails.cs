namespace WunderProxy.Deployments.Contracts;

/// <summary>Evidence that accompanies an error; values that do not apply are null and left out of JSON.</summary>
public sealed record DeploymentErrorDetails
{
    /// <summary>Reason code of a failed launch: <c>exit_code</c>, <c>oom</c>, <c>restart_loop</c>, <c>refused</c>,
    /// <c>timeout</c>, <c>status_503</c>, <c>pull_failed</c>, <c>create_failed</c> and the like.</summary>
    public string? Reason { get; init; }

    /// <summary>The operation in progress, for <c>busy</c>.</summary>
    public OperationView? Operation { get; init; }

    /// <summary>Name of the deployer who holds the lease, for <c>lease_held</c>.</summary>
    public string? Holder { get; init; }

    /// <summary>Exit code of the container's first process.</summary>
    public long? ExitCode { get; init; }

    /// <summary>The container's memory limit in bytes; null without a limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// Most memory in bytes that the container was seen to use, measured at each probe; null if it was never measured.
    /// </summary>
    public long? MemoryPeak { get; init; }

    /// <summary>Results of the last probes, oldest first.</summary>
    public IReadOnlyList<ProbeView>? Probes { get; init; }

    /// <summary>TCP ports on which the container listens.</summary>
    public IReadOnlyList<int>? ListeningPorts { get; init; }

    /// <summary>Addresses and ports inside the container on which it listens, such as <c>127.0.0.1:3000</c>.</summary>
    public IReadOnlyList<string>? ListeningAddresses { get; init; }

    /// <summary>The last lines of the container's log, with secrets masked.</summary>
    public IReadOnlyList<string>? Log { get; init; }

    /// <summary>
    /// Returns what callers without rights may see: codes, counts and times, but no log lines and no addresses.
    /// </summary>
    internal DeploymentErrorDetails ForAnybody() => new()
    {
        Reason = Reason,
        ExitCode = ExitCode,
        MemoryLimit = MemoryLimit,
        MemoryPeak = MemoryPeak,
        Probes = Probes is null ? null : [.. Probes.Select(probe => probe with { Location = null })],
    };
}
