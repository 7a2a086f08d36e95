using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Acme;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>Brings certificates that were ordered into service, beside those of files, which come first.</summary>
/// <param name="owner">The certificates of the proxy's listeners.</param>
/// <param name="log">Is told about a certificate that cannot be used.</param>
internal sealed class OrderedCertificates(TlsCertificates owner, ILogger<OrderedCertificates> log) : ICertificateSink
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ServerCertificate> _byHost = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Use(string host, string chainPem, string keyPem)
    {
        try
        {
            using var key = PemFile.ReadKey(keyPem, password: default);
            var certificate = ServerCertificate.Create(PemFile.ReadCertificates(chainPem), key);
            lock (_gate)
            {
                var next = new SortedDictionary<string, ServerCertificate>(_byHost, StringComparer.Ordinal) { [host] = certificate };
                owner.SetAcquired([.. next.Values]);
                _byHost[host] = certificate;
            }
        }
        catch (TlsException exception)
        {
            // The one before stays in service, and the next order brings another one.
            CertificateLog.CannotBeUsed(log, host, exception.Message);
        }
    }
}
