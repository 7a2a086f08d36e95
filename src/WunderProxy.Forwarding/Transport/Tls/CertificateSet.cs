using System.Collections.Frozen;

namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>
/// The certificates of TLS listeners, each found by the name that a client asks for (RFC 6066 section 3). Immutable; a
/// new set replaces the old one as a whole.
/// </summary>
public sealed class CertificateSet
{
    private const string Wildcard = "*";

    private readonly FrozenDictionary<string, ServerCertificate> _byName;

    /// <summary>Creates a set.</summary>
    /// <param name="certificates">
    /// The certificates; the first is the default, and the first of several with one name is the one found by it.
    /// </param>
    public CertificateSet(IReadOnlyList<ServerCertificate> certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        Certificates = certificates;
        var byName = new Dictionary<string, ServerCertificate>(StringComparer.OrdinalIgnoreCase);
        foreach (var certificate in certificates)
        {
            foreach (var name in certificate.Names)
            {
                byName.TryAdd(name, certificate);
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A set without certificates: every handshake ends with the alert <c>unrecognized_name</c>.</summary>
    public static CertificateSet Empty { get; } = new([]);

    /// <summary>All certificates, the default first.</summary>
    public IReadOnlyList<ServerCertificate> Certificates { get; }

    /// <summary>
    /// The certificate for clients that send no name, or a name that no certificate has; null if the set is empty.
    /// </summary>
    public ServerCertificate? Default => Certificates.Count > 0 ? Certificates[0] : null;

    /// <summary>
    /// Returns the certificate that has a name, or else has a wildcard in place of the name's first label (RFC 9525
    /// section 6.3); null if there is none.
    /// </summary>
    public ServerCertificate? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_byName.TryGetValue(name, out var certificate))
        {
            return certificate;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue(string.Concat(Wildcard, name.AsSpan(dot)), out certificate)
            ? certificate
            : null;
    }
}
