using WunderProxy.Certificates;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.ManagerApi;

/// <summary>Certificates and handshakes of the TLS listeners.</summary>
/// <param name="Engine">What encrypts: <c>openssl</c> or <c>runtime</c>; <c>none</c> before the first listener.</param>
/// <param name="Listeners">Where TLS is spoken, and what redirects there; empty for callers who may not see addresses.</param>
/// <param name="Certificates">The certificates in service, those of the proxy first.</param>
/// <param name="Handshakes">The number of handshakes since start.</param>
internal sealed record TlsView(
    string Engine,
    IReadOnlyList<TlsListenerView> Listeners,
    IReadOnlyList<CertificateView> Certificates,
    HandshakeCounts Handshakes)
{
    /// <summary>Sums up the state of all TLS listeners; there is at least one owner of certificates.</summary>
    public static TlsView Of(
        IReadOnlyList<TlsSnapshot> owners, IReadOnlyList<TlsListenerView> listeners, CertificateOrdersView? orders) => new(
        WordOf(owners[0].Engine),
        listeners,
        [.. owners.SelectMany(owner => owner.Certificates).Select(certificate => WithOrder(certificate, orders))],
        HandshakeCounts.Of(owners));

    /// <summary>Returns the word for an engine.</summary>
    public static string WordOf(TlsEngine engine) => engine switch
    {
        TlsEngine.OpenSsl => "openssl",
        TlsEngine.Runtime => "runtime",
        _ => "none",
    };

    /// <summary>Adds to an ordered certificate what is known about its next order.</summary>
    private static CertificateView WithOrder(CertificateView certificate, CertificateOrdersView? orders) =>
        certificate.Source == CertificateView.FromAcme
        && orders?.Hosts.FirstOrDefault(host => certificate.Names.Contains(host.Host, StringComparer.OrdinalIgnoreCase)) is { } order
            ? certificate with { NextRenewal = order.NextTry, LastProblem = order.LastError }
            : certificate;
}
