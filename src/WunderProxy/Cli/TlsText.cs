using WunderProxy.ManagerApi;

namespace WunderProxy.Cli;

/// <summary>Formats the part of a status document that is about TLS.</summary>
internal static class TlsText
{
    /// <summary>Returns a line for TLS, one for each listener and each certificate; none without TLS.</summary>
    public static IEnumerable<string> LinesOf(StatusDocument status)
    {
        if (status.Tls is not { } tls)
        {
            yield break;
        }

        var handshakes = tls.Handshakes;
        yield return $"  tls          {tls.Engine}, handshakes: {handshakes.Full} full, {handshakes.Resumed} resumed, {handshakes.Failed} failed";
        foreach (var listener in tls.Listeners)
        {
            yield return $"  listener     {listener.Address} ({listener.Use})";
        }

        foreach (var certificate in CertificateLine.Of(status))
        {
            yield return $"  certificate  {certificate.Names} ({certificate.Use}): {certificate.Validity}, {certificate.Source}"
                + (certificate.NextOrder.Length == 0 ? "" : $", next order {certificate.NextOrder}");
            if (certificate.LastProblem.Length > 0)
            {
                yield return $"  problem      {certificate.LastProblem}";
            }
        }
    }
}
