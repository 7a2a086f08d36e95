namespace WunderProxy.Certificates;

/// <summary>Where a certificate in service comes from.</summary>
/// <param name="IsOrdered">Whether the certificate was ordered from an ACME server, and not read from a file.</param>
/// <param name="File">Path of the certificate's file; null if it was ordered.</param>
/// <param name="Problem">Why the file could not be read again; null if it could.</param>
internal sealed record CertificateOrigin(bool IsOrdered, string? File, string? Problem)
{
    /// <summary>The origin of every certificate from an ACME server.</summary>
    public static readonly CertificateOrigin Ordered = new(IsOrdered: true, File: null, Problem: null);
}
