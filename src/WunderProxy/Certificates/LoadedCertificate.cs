using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>A certificate of files that is in service.</summary>
/// <param name="Pair">The files.</param>
/// <param name="Certificate">The last good certificate of the files.</param>
/// <param name="Problem">Why the files could not be used when they were read last, with their names; null if they could.</param>
internal sealed record LoadedCertificate(CertificatePair Pair, ServerCertificate Certificate, string? Problem);
