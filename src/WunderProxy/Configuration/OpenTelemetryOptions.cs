namespace WunderProxy.Configuration;

/// <summary>What OpenTelemetry's environment variables say; by default nothing is sent.</summary>
internal sealed record OpenTelemetryOptions
{
    /// <summary>Where metrics are sent; null for nowhere.</summary>
    public OtlpOptions? Metrics { get; init; }

    /// <summary>Where traces are sent; null for nowhere.</summary>
    public OtlpOptions? Traces { get; init; }

    /// <summary>Time between two exports of metrics. Default: 60 s.</summary>
    public TimeSpan MetricInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a request whose sender names a trace is sampled as the sender says. Default: yes.</summary>
    public bool FollowsParent { get; init; } = true;

    /// <summary>Share of the other requests that are sampled, 0 to 1. Default: 1.</summary>
    public double SampledShare { get; init; } = 1;

    /// <summary>
    /// Attributes of the resource that sends, as the operator gave them; <c>service.name</c> is among them if it was set.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResourceAttributes { get; init; } = [];
}
