namespace WunderProxy.Forwarding.Options;

/// <summary>
/// Which requests get a span of their own, with one below it for each attempt at an upstream. Spans are activities of the
/// source <see cref="SourceName"/>; nobody gets one unless something listens to it.
/// </summary>
/// <param name="FollowsParent">
/// Whether a request whose <c>traceparent</c> names a trace is sampled if and only if its sender samples the trace.
/// </param>
/// <param name="Share">Share of the other requests that is sampled, 0 to 1.</param>
public sealed record SpanOptions(bool FollowsParent, double Share)
{
    /// <summary>Name of the source of the spans.</summary>
    public const string SourceName = "WunderProxy";
}
