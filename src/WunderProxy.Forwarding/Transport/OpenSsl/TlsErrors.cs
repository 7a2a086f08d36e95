using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>Tells the reasons of failed handshakes apart by the error codes of OpenSSL (sslerr.h).</summary>
internal static class TlsErrors
{
    // ERR_GET_REASON of OpenSSL 3; errors of the operating system have the highest bit instead.
    private const uint ReasonMask = 0x7FFFFF;
    private const uint SystemFlag = 0x80000000;

    // Reasons from this on are alerts that came from the remote end.
    private const int AlertOffset = 1000;

    private const int NoSuitableKeyShare = 101;
    private const int NoSuitableGroups = 295;
    private const int NoSuitableSignature = 118;
    private const int NoSharedCipher = 193;
    private const int NoSharedGroup = 410;
    private const int UnsupportedProtocol = 258;
    private const int VersionTooLow = 396;
    private const int NoApplicationProtocol = 235;
    private const int UnexpectedEnd = 294;

    /// <summary>Returns the kind of failure that an error code stands for.</summary>
    public static TlsFailure Classify(uint error)
    {
        if (error == 0 || (error & SystemFlag) != 0)
        {
            // The receive itself failed: a reset.
            return TlsFailure.Closed;
        }

        return (int)(error & ReasonMask) switch
        {
            UnexpectedEnd => TlsFailure.Closed,
            NoApplicationProtocol => TlsFailure.NoApplicationProtocol,
            NoSuitableKeyShare or NoSuitableGroups or NoSuitableSignature or NoSharedCipher or NoSharedGroup
                or UnsupportedProtocol or VersionTooLow => TlsFailure.NothingInCommon,
            >= AlertOffset => TlsFailure.RefusedByClient,
            _ => TlsFailure.Malformed,
        };
    }
}
