using WunderProxy.Certificates;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.ManagerApi;

/// <summary>Certificates and handshakes of the TLS listeners.</summary>
/// <param name="Engine">What encrypts: <c>openssl</c> or <c>runtime</c>; <c>none</c> before the first listener.</param>
/// <param name="Listeners">The addresses where the proxy speaks TLS; empty for callers who may not see addresses.</param>
/// <param name="Certificates">The certificates in service, those of the proxy first.</param>
/// <param name="Handshakes">The number of handshakes since start.</param>
internal sealed record TlsView(
    string Engine, IReadOnlyList<string> Listeners, IReadOnlyList<CertificateView> Certificates, HandshakeCounts Handshakes)
{
    /// <summary>Sums up the state of all TLS listeners; there is at least one owner of certificates.</summary>
    public static TlsView Of(IReadOnlyList<TlsSnapshot> owners, IReadOnlyList<string> listeners) => new(
        WordOf(owners[0].Engine),
        listeners,
        [.. owners.SelectMany(owner => owner.Certificates)],
        HandshakeCounts.Of(owners));

    /// <summary>Returns the word for an engine.</summary>
    public static string WordOf(TlsEngine engine) => engine switch
    {
        TlsEngine.OpenSsl => "openssl",
        TlsEngine.Runtime => "runtime",
        _ => "none",
    };
}
