using System.Globalization;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Certificates;

/// <summary>
/// Judges the validity of a certificate. No certificate is refused because of it: a site with an old certificate is
/// better than none.
/// </summary>
internal static class Validity
{
    private const int WarningDays = 14;

    // A certificate that lives for less than eight weeks is renewed late in its life too.
    private const int WarningShare = 4;

    /// <summary>
    /// Returns the word for the validity of a certificate: <c>valid</c>, <c>expires_soon</c>, <c>expired</c> or
    /// <c>not_yet_valid</c>.
    /// </summary>
    public static string WordOf(ServerCertificate certificate, DateTimeOffset now) =>
        certificate.NotAfter < now ? "expired"
            : now < certificate.NotBefore ? "not_yet_valid"
            : IsNearItsEnd(certificate, now) ? "expires_soon"
            : "valid";

    /// <summary>Returns a warning about a certificate that is not valid, or will soon be no longer; else null.</summary>
    public static string? WarningOf(ServerCertificate certificate, DateTimeOffset now) => WordOf(certificate, now) switch
    {
        "expired" => $"the certificate for {certificate} has expired on {Text(certificate.NotAfter)}",
        "not_yet_valid" => $"the certificate for {certificate} is not valid before {Text(certificate.NotBefore)}",
        "expires_soon" => $"the certificate for {certificate} expires on {Text(certificate.NotAfter)}",
        _ => null,
    };

    private static bool IsNearItsEnd(ServerCertificate certificate, DateTimeOffset now)
    {
        var life = certificate.NotAfter - certificate.NotBefore;
        var warning = TimeSpan.FromTicks(Math.Min(TimeSpan.FromDays(WarningDays).Ticks, life.Ticks / WarningShare));
        return certificate.NotAfter - now < warning;
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
