namespace WunderProxy.Deployments.Contracts;

/// <summary>The evidence that goes with an error; what does not apply is null and left out of JSON.</summary>
public sealed record DeploymentErrorDetails
{
    /// <summary>Reason code of a failed launch: <c>exit_code</c>, <c>oom</c>, <c>restart_loop</c>, <c>refused</c>,
    /// <c>timeout</c>, <c>status_503</c>, <c>pull_failed</c>, <c>create_failed</c> and the like.</summary>
    public string? Reason { get; init; }

    /// <summary>The operation that is in the way, when <c>busy</c>.</summary>
    public OperationView? Operation { get; init; }

    /// <summary>Who holds the lease, when <c>lease_held</c>.</summary>
    public string? Holder { get; init; }

    /// <summary>Exit code of the container's first process.</summary>
    public long? ExitCode { get; init; }

    /// <summary>Results of the last probes, oldest first.</summary>
    public IReadOnlyList<ProbeView>? Probes { get; init; }

    /// <summary>TCP ports that the container does listen on.</summary>
    public IReadOnlyList<int>? ListeningPorts { get; init; }

    /// <summary>Addresses and ports inside the container that it does listen on, such as <c>127.0.0.1:3000</c>.</summary>
    public IReadOnlyList<string>? ListeningAddresses { get; init; }

    /// <summary>The container's last log lines, secrets masked.</summary>
    public IReadOnlyList<string>? Log { get; init; }
}
