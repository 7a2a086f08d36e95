using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>The certificates of a listener; immutable.</summary>
internal sealed class CertificateSet
{
    private readonly Dictionary<string, ServerCertificate> _names = new(StringComparer.OrdinalIgnoreCase);

    public CertificateSet(IReadOnlyList<ServerCertificate> certificates)
    {
        Certificates = certificates;
        foreach (var certificate in certificates)
        {
            foreach (var names in certificate.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>())
            {
                foreach (var name in names.EnumerateDnsNames())
                {
                    _names.TryAdd(name, certificate);
                }
            }
        }
    }

    /// <summary>All certificates; the first is the default.</summary>
    public IReadOnlyList<ServerCertificate> Certificates { get; }

    /// <summary>Serves clients that send no name, or one that no certificate has.</summary>
    public ServerCertificate Default => Certificates[0];

    /// <summary>Returns the certificate for a server name, or null.</summary>
    public ServerCertificate? Find(string name)
    {
        if (_names.TryGetValue(name, out var certificate))
        {
            return certificate;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _names.TryGetValue("*" + name[dot..], out certificate) ? certificate : null;
    }
}
