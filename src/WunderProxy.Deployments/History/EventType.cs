namespace WunderProxy.Deployments.History;

/// <summary>The types of events, as written in their JSON.</summary>
public static class EventType
{
    /// <summary>A container was launched and is healthy.</summary>
    public const string Launch = "launch";

    /// <summary>Traffic was switched to another container.</summary>
    public const string Switch = "switch";

    /// <summary>A launch config was deployed and recorded in the history.</summary>
    public const string Deploy = "deploy";

    /// <summary>An earlier history entry was made current again.</summary>
    public const string Rollback = "rollback";

    /// <summary>A guard switched back to the previous container.</summary>
    public const string GuardRollback = "guard_rollback";

    /// <summary>A launch, switch, deploy or rollback failed.</summary>
    public const string Failure = "failure";

    /// <summary>Traffic was paused.</summary>
    public const string Pause = "pause";

    /// <summary>Traffic was resumed.</summary>
    public const string Resume = "resume";

    /// <summary>The instance began to drain: load balancers are told to leave.</summary>
    public const string Drain = "drain";

    /// <summary>The instance stopped draining: load balancers are told to come back.</summary>
    public const string Undrain = "undrain";

    /// <summary>A caller cut the drain of an earlier container short.</summary>
    public const string DrainEnd = "drain_end";

    /// <summary>The instance started serving.</summary>
    public const string Start = "start";

    /// <summary>The instance stopped serving.</summary>
    public const string Stop = "stop";
}
