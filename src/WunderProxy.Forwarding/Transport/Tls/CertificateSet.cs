using System.Collections.Frozen;

namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>
/// The certificates of TLS listeners, each found by the name that a client asks for (RFC 6066 section 3). Immutable; a
/// new set replaces the old one as a whole.
/// </summary>
public sealed class CertificateSet
{
    /// <summary>Most characters of a name that is looked up (RFC 1035 section 2.3.4).</summary>
    public const int MaxNameLength = 255;

    private const char Wildcard = '*';

    private readonly FrozenDictionary<string, ServerCertificate>.AlternateLookup<ReadOnlySpan<char>> _byName;

    /// <summary>Creates a set.</summary>
    /// <param name="certificates">
    /// The certificates; the first is the default, and the first of several with one name is the one found by it. One that
    /// is given twice counts once.
    /// </param>
    public CertificateSet(IReadOnlyList<ServerCertificate> certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        Certificates = [.. certificates.Distinct()];
        var byName = new Dictionary<string, ServerCertificate>(StringComparer.OrdinalIgnoreCase);
        foreach (var certificate in certificates)
        {
            foreach (var name in certificate.Names)
            {
                byName.TryAdd(name, certificate);
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
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
    /// section 6.3); null if there is none. A name may end with a dot, although it should not (RFC 6066 section 3).
    /// </summary>
    /// <param name="name">The name; one of more than <see cref="MaxNameLength"/> characters is not found.</param>
    public ServerCertificate? Find(ReadOnlySpan<char> name)
    {
        if (name.Length > MaxNameLength)
        {
            return null;
        }

        name = name.EndsWith('.') ? name[..^1] : name;
        if (_byName.TryGetValue(name, out var certificate))
        {
            return certificate;
        }

        var dot = name.IndexOf('.');
        if (dot <= 0)
        {
            return null;
        }

        Span<char> pattern = stackalloc char[name.Length - dot + 1];
        pattern[0] = Wildcard;
        name[dot..].CopyTo(pattern[1..]);
        return _byName.TryGetValue(pattern, out certificate) ? certificate : null;
    }
}
