namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>What is negotiated with clients, and how long a handshake may take.</summary>
public sealed record TlsPolicy
{
    /// <summary>The implementation of TLS.</summary>
    public TlsEngine Engine { get; init; } = TlsEngine.Auto;

    /// <summary>The oldest version that is accepted.</summary>
    public TlsProtocol OldestProtocol { get; init; } = TlsProtocol.Tls12;

    /// <summary>The cipher suites of TLS 1.2, as OpenSSL names them; those of TLS 1.3 are the library's.</summary>
    public string Ciphers { get; init; } = "ECDHE+AESGCM:ECDHE+CHACHA20";

    /// <summary>The groups for the key exchange, as OpenSSL names them.</summary>
    public string Groups { get; init; } = "X25519:P-256:P-384";

    /// <summary>Session tickets sent after a full handshake of TLS 1.3; 0 sends none in any version.</summary>
    public int Tickets { get; init; } = 2;

    /// <summary>Longest time from accept to the end of the handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
