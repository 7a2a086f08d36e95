using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme.Sharing;

/// <summary>
/// Exchanges certificates with the other instances through the store. Without the right to write the store nothing is shared
/// for an hour. Used by the keeper's loop, but for <see cref="IsOn"/>.
/// </summary>
/// <param name="documents">The sealed documents; null if nothing is ever shared.</param>
/// <param name="inUse">Takes certificates of other instances into service.</param>
/// <param name="notices">Takes warnings.</param>
/// <param name="log">Is told about certificates that were taken over.</param>
/// <param name="clock">For all times.</param>
internal sealed class CertificateSharing(
    SharedDocuments? documents, CertificatesInUse inUse, NoticeBoard notices, ILogger log, TimeProvider clock)
{
    /// <summary>The subject of warnings about sharing.</summary>
    public const string Topic = "acme-sharing";

    private volatile bool _isOn = documents is not null;
    private DateTimeOffset _againAt;

    /// <summary>Whether certificates are shared at present. Callable from any thread.</summary>
    public bool IsOn => _isOn;

    /// <summary>Whether there is a store to share certificates through, at present or later.</summary>
    public bool HasStore => documents is not null;

    /// <summary>The documents that instances share; null while nothing is shared.</summary>
    public SharedDocuments? Documents => _isOn ? documents : null;

    /// <summary>Shares again if the hour without sharing has passed.</summary>
    public void Resume() => _isOn |= documents is not null && clock.GetUtcNow() >= _againAt;

    /// <summary>Takes the time along when the clock is set back.</summary>
    public void SetBack(TimeSpan difference) => _againAt = ManagedHost.Earlier(_againAt, difference);

    /// <summary>Takes the right to order; it is given back by disposing. Only while certificates are shared.</summary>
    /// <exception cref="LeaseHeldException">Another instance has it.</exception>
    /// <exception cref="ObjectStoreException">The store refused, cannot be reached or took too long.</exception>
    public Task<DeployerLease> TakeLeaseAsync(CancellationToken cancellationToken) => documents!.TakeLeaseAsync(cancellationToken);

    /// <summary>Takes what another instance ordered while this one waits. A store that fails then changes nothing.</summary>
    public async Task TryAdoptAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        try
        {
            await AdoptAsync(host, cancellationToken);
        }
        catch (Exception exception) when (exception is ObjectStoreException or AcmeException)
        {
            // The failure behind the wait has been reported; the store is asked again soon.
        }
    }

    /// <summary>Takes the certificate from the store if it is of this server and was issued after the one in use.</summary>
    /// <exception cref="ObjectStoreException">The store failed, and the host needs a certificate.</exception>
    /// <exception cref="ForeignSealException">The document was sealed with another key, and the host needs a certificate.</exception>
    public async Task AdoptAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        if (!_isOn)
        {
            return;
        }

        IssuedCertificate? found;
        try
        {
            found = await documents!.ReadAsync(
                AcmeState.NameOf(host.Name), bytes => IssuedCertificate.FromText(host.Name, bytes), cancellationToken);
        }
        catch (ObjectStoreException exception)
            when (!host.IsDue(clock.GetUtcNow()) || exception.Fault == ObjectStoreFault.Denied || host.MayOrderAlone)
        {
            // Nothing is needed from the store now, or it failed too often; without any rights the lease fails as well.
            return;
        }

        catch (ForeignSealException) when (!host.IsDue(clock.GetUtcNow()) || host.MayOrderAlone)
        {
            // There is a warning. Whoever may write the store could put such a document there: it stops no order for ever.
            host.HasForeignDocument = true;
            return;
        }

        host.HasForeignDocument = false;
        if (found is null)
        {
            return;
        }

        if (IsWanted(host, found))
        {
            AcmeLog.Adopted(log, host.Name, found.NotAfter);
            inUse.Use(host, found, isSaved: false, isShared: true);
            inUse.TrySave(host);
        }
        else
        {
            host.IsShared = host.IsOfServer(found) && host.Certificate?.IsNewerThan(found) != true;
        }
    }

    /// <summary>Gives the certificate of a host to the other instances, unless they have it. A failure is a warning.</summary>
    public async Task TryShareAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        // A document of another key is left alone: two fleets that overwrite one another would order for ever.
        if (!_isOn || host.IsShared || host.HasForeignDocument || host.Certificate is not { } certificate)
        {
            return;
        }

        try
        {
            await documents!.WriteAsync(AcmeState.NameOf(host.Name), certificate.ToText(), cancellationToken);
            host.IsShared = true;
        }
        catch (ObjectStoreException exception) when (exception.Fault == ObjectStoreFault.Denied)
        {
            Stop(exception);
            return;
        }
        catch (ObjectStoreException exception)
        {
            notices.Warn(Topic, $"the certificate of {host.Name} could not be shared with other instances", exception.Message);
            return;
        }

        notices.Warn(Topic, null);
    }

    /// <summary>
    /// Shares nothing for an hour: the right to write may be missing for good, or for a moment, as while keys are exchanged
    /// or the clock is wrong.
    /// </summary>
    /// <param name="exception">How the store refused.</param>
    public void Stop(ObjectStoreException exception)
    {
        _isOn = false;
        _againAt = clock.GetUtcNow() + LookTimes.SharedLookInterval;
        notices.Warn(Topic, "certificates are not shared with other instances, because the store may not be written", exception.Message);
    }

    /// <summary>Whether a certificate of the store replaces the one in use, which no expired one does that lasted shorter.</summary>
    private bool IsWanted(ManagedHost host, IssuedCertificate found) =>
        host.IsOfServer(found)
        && (host.Certificate is not { } own
            || ((!host.IsOfServer(own) || found.IsNewerThan(own))
                && (found.NotAfter > clock.GetUtcNow() || found.NotAfter > own.NotAfter)));
}
