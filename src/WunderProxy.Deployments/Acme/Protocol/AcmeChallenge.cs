namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>One way to prove a name (RFC 8555 section 8).</summary>
internal sealed record AcmeChallenge
{
    /// <summary>Kind of the challenge, such as <c>http-01</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Where the server is told to look.</summary>
    public string? Url { get; init; }

    /// <summary>The token whose answer the server will ask for.</summary>
    public string? Token { get; init; }

    /// <summary>Why the proof failed.</summary>
    public AcmeProblem? Error { get; init; }
}
