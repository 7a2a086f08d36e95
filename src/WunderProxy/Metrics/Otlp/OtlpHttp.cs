using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WunderProxy.Configuration;

namespace WunderProxy.Metrics.Otlp;

/// <summary>Makes the HTTP clients for receivers.</summary>
internal static class OtlpHttp
{
    /// <summary>
    /// Creates the handler that connects to a receiver. Redirects are not followed: the address is the operator's word.
    /// </summary>
    /// <exception cref="UsageException">A certificate file cannot be read.</exception>
    public static SocketsHttpHandler CreateHandler(OtlpOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        try
        {
            handler.SslOptions = TlsOf(options);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the certificates for {options.Endpoint.Host} cannot be read: {exception.Message}", exception);
        }

        return handler;
    }

    private static SslClientAuthenticationOptions TlsOf(OtlpOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.AuthorityFile is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(authorities);
            tls.CertificateChainPolicy = policy;
        }

        if (options.CertificateFile is { } certificate)
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, options.KeyFile)];
        }

        return tls;
    }
}
