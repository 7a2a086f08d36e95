using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.SslStreams;

/// <summary>The options of <see cref="SslStream"/> for each certificate of a set; immutable.</summary>
internal sealed class SslStreamOptions
{
    // Key exchange by elliptic curves and authenticated encryption, as the policy has them for the other engine.
    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    private static readonly SslApplicationProtocol Http10 = new("http/1.0");

    private readonly CertificateSet _certificates;
    private readonly Dictionary<ServerCertificate, SslServerAuthenticationOptions> _options = [];

    /// <summary>Creates the options.</summary>
    /// <exception cref="TlsException">The framework refuses a certificate.</exception>
    public SslStreamOptions(TlsPolicy policy, CertificateSet certificates)
    {
        _certificates = certificates;
        foreach (var certificate in certificates.Certificates)
        {
            _options.Add(certificate, OptionsFor(policy, certificate));
        }
    }

    /// <summary>Returns the options for the server name that a client sends; null if it sends none.</summary>
    /// <exception cref="AuthenticationException">There is no certificate yet.</exception>
    public SslServerAuthenticationOptions For(string? serverName) =>
        ((string.IsNullOrEmpty(serverName) ? null : _certificates.Find(serverName)) ?? _certificates.Default) is { } certificate
            ? _options[certificate]
            : throw new AuthenticationException("there is no certificate yet");

    private static SslServerAuthenticationOptions OptionsFor(TlsPolicy policy, ServerCertificate certificate)
    {
        try
        {
            return new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(
                    certificate.Leaf, [.. certificate.Chain], offline: true),
                EnabledSslProtocols = policy.OldestProtocol == TlsProtocol.Tls13
                    ? SslProtocols.Tls13
                    : SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [SslApplicationProtocol.Http11, Http10],
                AllowRenegotiation = false,
                AllowTlsResume = policy.Tickets > 0,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
#pragma warning disable CA1416 // Not on Windows, where the suites are the machine's.
                CipherSuitesPolicy = OperatingSystem.IsLinux() ? new CipherSuitesPolicy(Suites) : null,
#pragma warning restore CA1416
            };
        }
        catch (CryptographicException exception)
        {
            throw new TlsException($"{certificate}: the runtime refuses the certificate ({exception.Message})", exception);
        }
    }
}
