namespace WunderProxy.Deployments.Contracts;

/// <summary>Reason codes of a failed launch; <c>status_NNN</c> comes besides, for each status that a probe was answered.</summary>
public static class LaunchFailure
{
    /// <summary>The container's first process ended.</summary>
    public const string ExitCode = "exit_code";

    /// <summary>It was killed for want of memory.</summary>
    public const string OutOfMemory = "oom";

    /// <summary>It ended and was restarted while it was awaited.</summary>
    public const string RestartLoop = "restart_loop";

    /// <summary>Its own <c>HEALTHCHECK</c> says unhealthy.</summary>
    public const string Healthcheck = "healthcheck";

    /// <summary>Nothing listens on its port.</summary>
    public const string Refused = "refused";

    /// <summary>Its port takes connections and does not answer in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>It closes the connection without an answer.</summary>
    public const string Closed = "closed";

    /// <summary>It answers something that is no HTTP.</summary>
    public const string BadResponse = "bad_response";

    /// <summary>It has no address that this machine can reach.</summary>
    public const string NoRoute = "no_route";

    /// <summary>The image is neither here nor in the registry.</summary>
    public const string ImageNotFound = "image_not_found";

    /// <summary>The engine or the registry refuses the pull.</summary>
    public const string PullFailed = "pull_failed";

    /// <summary>The pull made no progress.</summary>
    public const string PullTimeout = "pull_timeout";

    /// <summary>The image archive cannot be loaded.</summary>
    public const string LoadFailed = "load_failed";

    /// <summary>The engine refuses to create the container.</summary>
    public const string CreateFailed = "create_failed";

    /// <summary>The engine refuses to start the container.</summary>
    public const string StartFailed = "start_failed";

    /// <summary>The engine refuses something else.</summary>
    public const string EngineError = "engine_error";
}
