namespace WunderProxy.Forwarding.Transport;

/// <summary>What a TLS handshake has negotiated.</summary>
/// <param name="Protocol">The version, <see cref="Version12"/> or <see cref="Version13"/>.</param>
/// <param name="Cipher">Name of the cipher suite; TLS 1.3 suites as in RFC 8446, others in the form of the engine.</param>
/// <param name="Alpn">The application protocol agreed on (RFC 7301); null if the client offered none.</param>
/// <param name="IsResumed">
/// Whether the client resumed an earlier session; false if the engine is the runtime's, which does not tell.
/// </param>
internal sealed record TlsDetails(string Protocol, string Cipher, string? Alpn, bool IsResumed)
{
    /// <summary>The name of TLS 1.2, as OpenSSL writes it.</summary>
    public const string Version12 = "TLSv1.2";

    /// <summary>The name of TLS 1.3, as OpenSSL writes it.</summary>
    public const string Version13 = "TLSv1.3";
}
