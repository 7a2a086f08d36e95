using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Launching;

/// <summary>The reason for the result of a probe: the container is healthy, or what was wrong.</summary>
internal readonly record struct ProbeReason
{
    private readonly string? _code;

    private ProbeReason(string code) => _code = code;

    /// <summary>The container answered with a 2xx status.</summary>
    public static ProbeReason Healthy { get; } = new("ok");

    /// <summary>The container does not run, or is paused or restarting.</summary>
    public static ProbeReason NotRunning { get; } = new("not_running");

    /// <summary>No process listens on the container's port.</summary>
    public static ProbeReason Refused { get; } = new(LaunchFailure.Refused);

    /// <summary>The container gave no answer in time.</summary>
    public static ProbeReason Timeout { get; } = new(LaunchFailure.Timeout);

    /// <summary>The container closed the connection without an answer.</summary>
    public static ProbeReason Closed { get; } = new(LaunchFailure.Closed);

    /// <summary>The container's answer was not HTTP.</summary>
    public static ProbeReason BadResponse { get; } = new(LaunchFailure.BadResponse);

    /// <summary>The container has no address that this machine can reach.</summary>
    public static ProbeReason NoRoute { get; } = new(LaunchFailure.NoRoute);

    /// <summary>The container answered, but its own <c>HEALTHCHECK</c> reports unhealthy.</summary>
    public static ProbeReason Healthcheck { get; } = new(LaunchFailure.Healthcheck);

    /// <summary>Whether the container is healthy.</summary>
    public bool IsHealthy => this == Healthy;

    /// <summary>The reason code for callers, which is also the code of a launch that failed for this reason.</summary>
    public string Code => _code ?? "";

    /// <summary>Returns the reason for an answer with a status other than 2xx.</summary>
    public static ProbeReason Status(int status) => new(string.Create(CultureInfo.InvariantCulture, $"status_{status}"));

    /// <inheritdoc/>
    public override string ToString() => Code;
}
