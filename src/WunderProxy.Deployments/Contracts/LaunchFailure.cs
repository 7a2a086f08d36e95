namespace WunderProxy.Deployments.Contracts;

/// <summary>
/// Reason codes of a failed launch. In addition, <c>status_NNN</c> stands for the status with which a probe was
/// answered.
/// </summary>
public static class LaunchFailure
{
    /// <summary>The container's first process ended.</summary>
    public const string ExitCode = "exit_code";

    /// <summary>The container was killed because it ran out of memory.</summary>
    public const string OutOfMemory = "oom";

    /// <summary>The container ended and was restarted while the launch waited.</summary>
    public const string RestartLoop = "restart_loop";

    /// <summary>The image's own <c>HEALTHCHECK</c> reports unhealthy.</summary>
    public const string Healthcheck = "healthcheck";

    /// <summary>No process listens on the container's port.</summary>
    public const string Refused = "refused";

    /// <summary>The container's port accepts connections, but no answer comes in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>The container closes the connection without an answer.</summary>
    public const string Closed = "closed";

    /// <summary>The container's answer is not HTTP.</summary>
    public const string BadResponse = "bad_response";

    /// <summary>The container has no address that this machine can reach.</summary>
    public const string NoRoute = "no_route";

    /// <summary>The image is neither on this machine nor in the registry.</summary>
    public const string ImageNotFound = "image_not_found";

    /// <summary>The engine or the registry refuses the pull.</summary>
    public const string PullFailed = "pull_failed";

    /// <summary>The pull made no progress for too long.</summary>
    public const string PullTimeout = "pull_timeout";

    /// <summary>The image archive cannot be loaded.</summary>
    public const string LoadFailed = "load_failed";

    /// <summary>The engine refuses to create the container.</summary>
    public const string CreateFailed = "create_failed";

    /// <summary>The engine refuses to start the container.</summary>
    public const string StartFailed = "start_failed";

    /// <summary>The engine refuses another call.</summary>
    public const string EngineError = "engine_error";
}
