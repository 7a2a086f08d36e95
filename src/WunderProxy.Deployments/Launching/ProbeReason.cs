using System.Globalization;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Launching;

/// <summary>Why a probe counts as it does: the container is healthy, or what was wrong.</summary>
internal readonly record struct ProbeReason
{
    private readonly string? _code;

    private ProbeReason(string code) => _code = code;

    /// <summary>The container answered with a status of 2xx.</summary>
    public static ProbeReason Healthy { get; } = new("ok");

    /// <summary>The container does not run, or is paused or restarting.</summary>
    public static ProbeReason NotRunning { get; } = new("not_running");

    /// <summary>Nothing listens on the port.</summary>
    public static ProbeReason Refused { get; } = new(LaunchFailure.Refused);

    /// <summary>There was no answer in time.</summary>
    public static ProbeReason Timeout { get; } = new(LaunchFailure.Timeout);

    /// <summary>The connection was closed without an answer.</summary>
    public static ProbeReason Closed { get; } = new(LaunchFailure.Closed);

    /// <summary>The answer was no HTTP.</summary>
    public static ProbeReason BadResponse { get; } = new(LaunchFailure.BadResponse);

    /// <summary>The container has no address that this machine can reach.</summary>
    public static ProbeReason NoRoute { get; } = new(LaunchFailure.NoRoute);

    /// <summary>The container answered, and its own <c>HEALTHCHECK</c> says unhealthy.</summary>
    public static ProbeReason Healthcheck { get; } = new(LaunchFailure.Healthcheck);

    /// <summary>Whether the container is healthy.</summary>
    public bool IsHealthy => this == Healthy;

    /// <summary>The reason code that callers see; it is the code of a launch that failed for this reason.</summary>
    public string Code => _code ?? "";

    /// <summary>The container answered with a status other than 2xx.</summary>
    public static ProbeReason Status(int status) => new(string.Create(CultureInfo.InvariantCulture, $"status_{status}"));

    /// <inheritdoc/>
    public override string ToString() => Code;
}
