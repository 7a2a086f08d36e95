using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Acme;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>
/// Brings certificates that were ordered into service, beside those of files, which come first. The certificate of the host
/// given first comes before the others, so that it is the default, whichever was ordered first.
/// </summary>
/// <param name="owner">The certificates of the proxy's listeners.</param>
/// <param name="hosts">The hosts that get certificates, in the order in which they were given.</param>
/// <param name="log">Is told about a certificate that cannot be used.</param>
internal sealed class OrderedCertificates(
    TlsCertificates owner, IReadOnlyList<string> hosts, ILogger<OrderedCertificates> log) : ICertificateSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServerCertificate> _byHost = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Use(string host, string chainPem, string keyPem)
    {
        try
        {
            using var key = PemFile.ReadKey(keyPem, password: default);
            var certificate = ServerCertificate.Create(PemFile.ReadCertificates(chainPem), key);
            lock (_gate)
            {
                var next = new Dictionary<string, ServerCertificate>(_byHost, StringComparer.Ordinal) { [host] = certificate };
                owner.SetAcquired([.. hosts.Distinct(StringComparer.Ordinal).Where(next.ContainsKey).Select(one => next[one])]);
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
