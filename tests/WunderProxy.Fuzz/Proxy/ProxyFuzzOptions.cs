namespace WunderProxy.Fuzz.Proxy;

/// <summary>What a run does.</summary>
internal sealed record ProxyFuzzOptions
{
    /// <summary>The executable of the proxy.</summary>
    public required string Program { get; init; }

    /// <summary>Its transport: <c>epoll</c> or <c>sockets</c>.</summary>
    public required string Transport { get; init; }

    /// <summary>The engine of TLS, <c>openssl</c> or <c>runtime</c>; null if clients speak plain HTTP.</summary>
    public string? TlsEngine { get; init; }

    /// <summary>Where the inputs come from.</summary>
    public required int Seed { get; init; }

    /// <summary>Number of the first input.</summary>
    public int First { get; init; }

    /// <summary>How many inputs.</summary>
    public int Count { get; init; } = int.MaxValue;

    /// <summary>Ends earlier when this time is over.</summary>
    public TimeSpan Time { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Connections at a time.</summary>
    public int Connections { get; init; } = 96;

    /// <summary>What the proxy may have in memory at the end and at any time, in MiB.</summary>
    public int MaxMemory { get; init; } = 256;
}
