using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.Forwarding.Transport.Tls;

/// <summary>A certificate with its chain and private key.</summary>
internal sealed class ServerCertificate(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> chain)
{
    /// <summary>The certificate of the server, with its private key.</summary>
    public X509Certificate2 Leaf { get; } = leaf;

    /// <summary>The issuers that are sent with the certificate, the nearest first.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; } = chain;

    /// <inheritdoc/>
    public override string ToString() => Leaf.Subject;
}
