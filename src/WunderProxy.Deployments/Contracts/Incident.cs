namespace WunderProxy.Deployments.Contracts;

/// <summary>Something that happened to the container in service, or an event, in the recent past.</summary>
/// <param name="At">When it happened.</param>
/// <param name="What">One of the constants of this type, or the type of an event, such as <c>switch</c> or <c>pause</c>.</param>
/// <param name="Revision">Revision that it concerns; empty if none.</param>
public sealed record Incident(DateTimeOffset At, string What, string Revision)
{
    /// <summary>The container in service ended.</summary>
    public const string Died = "died";

    /// <summary>The container in service takes traffic again after its end.</summary>
    public const string Back = "back";

    /// <summary>The container in service became healthy or unhealthy by its probes or its <c>HEALTHCHECK</c>.</summary>
    public const string Health = "health";

    /// <summary>Exit code of a container that died; null if unknown, or for anything else.</summary>
    public long? ExitCode { get; init; }

    /// <summary>Who asked for it; empty for what happened by itself.</summary>
    public string By { get; init; } = "";

    /// <summary>More about it in words or as a code; empty if there is nothing to say.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Returns the incident without names and words of others, for callers without rights.</summary>
    public Incident ForAnybody() => this with { By = "", Detail = What == Health ? Detail : "" };
}
