namespace WunderProxy.Deployments.Docker.Models;

/// <summary>What is used of an inspected container's <c>State</c>.</summary>
internal sealed record ContainerRunState
{
    public bool Running { get; init; }

    public bool Paused { get; init; }

    public bool Restarting { get; init; }

    public bool OOMKilled { get; init; }

    public int Pid { get; init; }

    public long ExitCode { get; init; }

    public string Error { get; init; } = "";

    /// <summary>
    /// When the container was started, RFC 3339 with nanoseconds; kept as text, since only equality matters.
    /// </summary>
    public string StartedAt { get; init; } = "";

    /// <summary>
    /// When the container ended, RFC 3339 with nanoseconds, by the engine's clock; the year 1 if it never ended.
    /// </summary>
    public string FinishedAt { get; init; } = "";

    public HealthcheckState Healthcheck { get; init; }
}
