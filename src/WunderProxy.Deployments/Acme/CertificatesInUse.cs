using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme;

/// <summary>Brings certificates into service and saves them in the state directory.</summary>
/// <param name="state">The state directory.</param>
/// <param name="sink">Takes the certificates for handshakes.</param>
/// <param name="notices">Is told about a certificate that cannot be saved.</param>
internal sealed class CertificatesInUse(AcmeState state, ICertificateSink sink, NoticeBoard notices)
{
    /// <summary>Uses a certificate for a host from now on.</summary>
    /// <param name="host">The host.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="isSaved">Whether the state directory has the certificate already.</param>
    /// <param name="isShared">Whether the other instances have the certificate already.</param>
    public void Use(ManagedHost host, IssuedCertificate certificate, bool isSaved, bool isShared)
    {
        host.Take(certificate);
        (host.IsSaved, host.IsShared) = (isSaved, isShared);
        sink.Use(host.Name, certificate.ChainPem, certificate.KeyPem);
        host.Publish();
    }

    /// <summary>Saves the certificate of a host unless it is saved; a failure is a warning, and the next look tries again.</summary>
    public void TrySave(ManagedHost host)
    {
        var topic = "acme-save-" + host.Name;
        if (host.IsSaved || host.Certificate is not { } certificate)
        {
            return;
        }

        try
        {
            state.WriteCertificate(certificate);
            host.IsSaved = true;
            notices.Warn(topic, null);
        }
        catch (StateUnwritableException exception)
        {
            notices.Warn(topic, $"the certificate of {host.Name} is in use and would be lost by a restart", exception.Message);
        }
    }
}
