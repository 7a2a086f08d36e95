using WunderProxy.Certificates;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.ManagerApi;

/// <summary>TLS handshakes since start, of the proxy and the manager API together.</summary>
/// <param name="Full">Full handshakes that completed; with the engine <c>runtime</c>, resumed ones too.</param>
/// <param name="Resumed">Handshakes that resumed an earlier session.</param>
/// <param name="Failed">Handshakes that failed.</param>
internal sealed record HandshakeCounts(long Full, long Resumed, long Failed)
{
    /// <summary>Adds up the handshakes of all TLS listeners.</summary>
    public static HandshakeCounts Of(IReadOnlyList<TlsSnapshot> owners) => new(
        owners.Sum(owner => owner.Handshakes.Full),
        owners.Sum(owner => owner.Handshakes.Resumed),
        Enum.GetValues<TlsFailure>().Sum(reason => owners.Sum(owner => owner.Handshakes.Failed(reason))));
}
