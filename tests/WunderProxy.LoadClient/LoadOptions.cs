using System.Net;
using System.Net.Security;

namespace WunderProxy.LoadClient;

/// <summary>The requests of a load, their destination and their rate.</summary>
public sealed record LoadOptions
{
    /// <summary>The address of the proxy.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>Value of the Host header in every request.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>How TLS is spoken; null for plain connections.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>Value of the Accept-Encoding header in every request; null sends none.</summary>
    public string? AcceptEncoding { get; init; }

    /// <summary>Number of workers, each with one connection at a time.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>Requests per second over all workers together; 0 means as fast as answers arrive.</summary>
    public int RequestsPerSecond { get; init; } = 600;

    /// <summary>
    /// Longest time from the first byte sent to the last byte read; beyond it the request has failed.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Seed of the request mix; the same seed sends the same requests.</summary>
    public int Seed { get; init; } = 20261122;

    /// <summary>Percentage of requests that use a connection of their own.</summary>
    public int OneShotPercent { get; init; } = 20;

    /// <summary>Whether to send small GETs only, in place of the whole mix.</summary>
    public bool PagesOnly { get; init; }
}
