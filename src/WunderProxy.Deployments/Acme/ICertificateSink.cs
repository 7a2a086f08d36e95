namespace WunderProxy.Deployments.Acme;

/// <summary>Takes the certificates that were ordered, for use in handshakes.</summary>
public interface ICertificateSink
{
    /// <summary>Uses a certificate from now on, in place of an earlier one for the same name.</summary>
    /// <param name="host">The name that the certificate is for, in lower case.</param>
    /// <param name="chainPem">The certificate and its intermediate certificates in PEM, the certificate first.</param>
    /// <param name="keyPem">The unencrypted private key in PEM (PKCS #8).</param>
    void Use(string host, string chainPem, string keyPem);
}
