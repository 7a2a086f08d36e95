namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>What a client of a test asks for.</summary>
internal sealed record TlsEndOptions
{
    public string? ServerName { get; init; } = "example.test";

    /// <summary>The offered application protocols; null offers none.</summary>
    public string[]? Alpn { get; init; } = ["http/1.1"];

    /// <summary>The newest version, as OpenSSL numbers them.</summary>
    public int MaxVersion { get; init; } = 0x0304;

    /// <summary>Ciphers of TLS 1.2, in OpenSSL's words; null for the library's.</summary>
    public string? Ciphers { get; init; }

    /// <summary>A session to resume, from <see cref="TlsEnd.TakeSession"/>; 0 for none.</summary>
    public nint Session { get; init; }
}
