using System.Buffers.Text;
using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>How a certificate is named when its renewal is asked about (RFC 9773 section 4.1).</summary>
internal static class RenewalId
{
    private const byte SignBit = 0x80;

    /// <summary>Returns the name of a certificate; null if it does not name its issuer's key.</summary>
    public static string? Of(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } key
            ? Of(key.Span, certificate.SerialNumberBytes.Span)
            : null;

    /// <summary>Joins key identifier and serial number; the number as in DER, with a zero before a set sign bit.</summary>
    public static string Of(ReadOnlySpan<byte> keyIdentifier, ReadOnlySpan<byte> serial)
    {
        var isSigned = !serial.IsEmpty && (serial[0] & SignBit) != 0;
        return $"{Base64Url.EncodeToString(keyIdentifier)}.{Base64Url.EncodeToString(isSigned ? [0, .. serial] : serial)}";
    }
}
