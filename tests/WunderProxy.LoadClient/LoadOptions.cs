using System.Net;

namespace WunderProxy.LoadClient;

/// <summary>What to send, where and how fast.</summary>
public sealed record LoadOptions
{
    /// <summary>Where the proxy listens.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>Value of the Host header.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Workers, each with one connection at a time.</summary>
    public int Connections { get; init; } = 16;

    /// <summary>Requests per second over all workers together; 0 is as fast as answers come.</summary>
    public int RequestsPerSecond { get; init; } = 600;

    /// <summary>From the first byte sent to the last byte read; longer is a failure.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Seed of the request mix; the same seed sends the same requests.</summary>
    public int Seed { get; init; } = 20261122;

    /// <summary>Share of requests, in percent, that go over a connection of their own.</summary>
    public int OneShotPercent { get; init; } = 20;

    /// <summary>Only small GETs, instead of the whole mix.</summary>
    public bool PagesOnly { get; init; }
}
