using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Acme.Sharing;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme;

/// <summary>
/// Keeps a certificate for each host: loads it, orders it, renews it in time, shares it. One order runs at a time, in this
/// process by its one loop, and among instances by the lease. No failure takes a certificate away.
/// </summary>
public sealed class CertificateKeeper : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly AcmeOptions _options;
    private readonly AcmeState _state;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly NoticeBoard _notices;
    private readonly CertificateWarnings _warnings;
    private readonly CertificateOrderer _orderer;
    private readonly CertificatesInUse _inUse;
    private readonly CertificateSharing _sharing;
    private readonly OrderPauses _pauses;
    private readonly SharedAnswers? _answers;
    private readonly ManagedHost[] _hosts;
    private DateTimeOffset _seenAt;

    /// <summary>Creates the keeper; nothing is read or contacted.</summary>
    /// <param name="options">Which certificates are ordered, and from whom.</param>
    /// <param name="state">Where they are kept.</param>
    /// <param name="sink">Takes the certificates.</param>
    /// <param name="board">Where answers to challenges are published.</param>
    /// <param name="sharing">Where instances share them; null without a store.</param>
    /// <param name="loggers">For what is logged.</param>
    /// <param name="clock">For all times.</param>
    public CertificateKeeper(
        AcmeOptions options,
        AcmeState state,
        ICertificateSink sink,
        IChallengeBoard board,
        AcmeSharing? sharing,
        ILoggerFactory loggers,
        TimeProvider clock)
    {
        (_options, _state, _clock) = (options, state, clock);
        _log = loggers.CreateLogger<CertificateKeeper>();
        _notices = new NoticeBoard(_log);
        _warnings = new CertificateWarnings(_notices, clock);
        _orderer = new CertificateOrderer(options, state, board, clock);
        _inUse = new CertificatesInUse(state, sink, _notices);
        _hosts =
        [
            .. options.Hosts.Where(host => !CertificateHost.IsWildcard(host)).Distinct(StringComparer.Ordinal)
                .Select(host => new ManagedHost(host, options.Directory.AbsoluteUri)),
        ];
        _pauses = new OrderPauses(state, options.Directory, _hosts, clock);
        SharedDocuments? documents = null;
        if (sharing is not null && options.SharingKey is { } key)
        {
            documents = new SharedDocuments(sharing.Store, sharing.Prefix, key, _notices, clock);
            _answers = new SharedAnswers(documents, clock);
        }
        else if (sharing is not null)
        {
            _notices.Warn(
                CertificateSharing.Topic, "without --acme-key-file other instances of this application do not get the certificates");
        }

        _sharing = new CertificateSharing(documents, _inUse, _notices, _log, clock);
        foreach (var wildcard in options.Hosts.Where(CertificateHost.IsWildcard))
        {
            _notices.Warn("acme-wildcard-" + wildcard, $"{wildcard} gets no certificate: an HTTP challenge cannot prove a wildcard");
        }
    }

    /// <summary>The hosts that get a certificate.</summary>
    internal IReadOnlyList<ManagedHost> Hosts => _hosts;

    /// <summary>Reads what the state directory has and puts it to use.</summary>
    public void Load()
    {
        foreach (var warning in _state.Warnings)
        {
            _notices.Warn("acme-state-" + warning, "the ACME state directory is not safe from other users", warning);
        }

        _state.OnWarning = message => _notices.Warn("acme-file-" + message, "a file of the ACME state directory cannot be used", message);
        _pauses.Restore();
        var now = _clock.GetUtcNow();
        foreach (var host in _hosts)
        {
            if (_state.ReadCertificate(host.Name) is { } certificate)
            {
                // The other instances may not have it, if this one was the first to get the key of the store.
                _inUse.Use(host, certificate, isSaved: true, isShared: false);
            }

            if (host.NextOrder > now)
            {
                host.NextLook = _sharing.IsOn ? now : host.NextOrder;
            }

            host.Publish();
        }
    }

    /// <summary>Orders and renews until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && _hosts.MinBy(host => host.NextLook) is { } next)
        {
            FollowClock();
            var wait = next.NextLook - _clock.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                // In steps, since a wall clock may be set.
                await Task.Delay(wait < LongestWait ? wait : LongestWait, _clock, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            await LookAsync(next, cancellationToken);
        }
    }

    /// <summary>Returns the state of all certificates, from memory.</summary>
    public CertificateOrdersView Snapshot()
    {
        var notices = NoticeBoard.Collect(_notices);
        return new CertificateOrdersView(_options.Directory.AbsoluteUri, _sharing.IsOn, [.. _hosts.Select(host => host.View)])
        {
            Warnings = [.. notices.Select(notice => notice.Message)],
            PublicWarnings = [.. notices.Select(notice => notice.Public)],
        };
    }

    /// <summary>Finds the answer to a challenge that another instance began.</summary>
    /// <param name="token">A token as <see cref="ChallengeToken"/> allows it.</param>
    /// <returns>The answer; null if there is none. Never fails.</returns>
    public Task<string?> FindSharedAnswerAsync(string token) =>
        _answers is null || !_sharing.IsOn ? Task.FromResult<string?>(null) : _answers.FindAsync(token);

    /// <summary>Closes the connections to the server.</summary>
    public void Dispose() => _orderer.Dispose();

    /// <summary>Looks at one host: renews what is due, and keeps what it has where it belongs.</summary>
    internal async Task LookAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        try
        {
            await CareAsync(host, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // An order that this process gave up has not failed.
            _pauses.Save();
            return;
        }
        catch (LeaseHeldException)
        {
            host.NextLook = LookTimes.AfterOtherOrder(_clock.GetUtcNow());
        }
        catch (Exception exception) when (exception is AcmeException or ObjectStoreException or StateUnwritableException)
        {
            Fail(host, exception);
        }
        catch (Exception exception)
        {
            // A fault of this program must not end the renewals of all hosts.
            DeploymentLog.BackgroundFailed(_log, exception);
            Fail(host, exception);
        }

        _warnings.JudgeValidity(host);
        _warnings.JudgeClock(_orderer.ServerAhead);
        host.Publish();
    }

    private async Task CareAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        _inUse.TrySave(host);
        _sharing.Resume();
        if (host.MustWait(_clock.GetUtcNow()))
        {
            await _sharing.TryAdoptAsync(host, cancellationToken);
            if (host.MustWait(_clock.GetUtcNow()))
            {
                host.NextLook = LookTimes.InPause(host, _clock.GetUtcNow(), _sharing.IsOn);
                return;
            }
        }

        await _sharing.AdoptAsync(host, cancellationToken);
        await FollowAdviceAsync(host, cancellationToken);
        if (host.IsDue(_clock.GetUtcNow()))
        {
            await RenewAsync(host, cancellationToken);
            await FollowAdviceAsync(host, cancellationToken);
        }

        host.Succeed();
        _pauses.Save();
        _warnings.Succeed(host);
        await _sharing.TryShareAsync(host, cancellationToken);
        host.NextLook = LookTimes.Next(host, _clock.GetUtcNow(), _sharing.HasStore);
    }

    /// <summary>Takes the pauses along when the clock is set back; else they would last longer by as much.</summary>
    private void FollowClock()
    {
        var now = _clock.GetUtcNow();
        var back = _seenAt - now;
        _seenAt = now;
        if (back > CertificateWarnings.ClockTolerance)
        {
            Array.ForEach(_hosts, host => host.SetBack(back));
            _sharing.SetBack(back);
            _pauses.Save();
        }
    }

    private async Task FollowAdviceAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        if (host.Certificate is not { } certificate || !_orderer.MayAskAdvice(host))
        {
            return;
        }

        var pageBefore = host.AdvicePage;
        var advised = await _orderer.AskAdviceAsync(host, cancellationToken);
        var byLife = RenewalTimes.ByLife(certificate.NotBefore, certificate.NotAfter, host.Chance);
        var latest = RenewalTimes.Latest(certificate.NotBefore, certificate.NotAfter);
        host.RenewAt = advised is { } time && time < certificate.NotAfter
            ? RenewalTimes.ByAdvice(time < latest ? time : latest, byLife, host.OrderedAt ?? certificate.NotBefore)
            : byLife;
        if (host.AdvicePage is { } page && page != pageBefore)
        {
            // The operator is told why a renewal comes early (RFC 9773 section 4.2), once for each page.
            AcmeLog.Advised(_log, host.Name, host.RenewAt, page);
        }
    }

    private async Task RenewAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        if (!_sharing.IsOn)
        {
            await OrderAsync(host, shared: null, cancellationToken);
            return;
        }

        try
        {
            await using var lease = await _sharing.TakeLeaseAsync(cancellationToken);

            // The instance that had the lease before may just have ordered.
            await _sharing.AdoptAsync(host, cancellationToken);
            if (host.IsDue(_clock.GetUtcNow()))
            {
                await OrderAsync(host, _sharing.Documents, cancellationToken);
            }
        }
        catch (ObjectStoreException exception) when (exception.Fault == ObjectStoreFault.Denied)
        {
            _sharing.Stop(exception);
            await OrderAsync(host, shared: null, cancellationToken);
        }
        catch (ObjectStoreException) when (host.MayOrderAlone && host.IsDue(_clock.GetUtcNow()))
        {
            // A certificate of one's own is better than none until the store is back.
            await OrderAsync(host, shared: null, cancellationToken);
        }
    }

    private async Task OrderAsync(ManagedHost host, SharedDocuments? shared, CancellationToken cancellationToken)
    {
        _pauses.SaveBeginning(host);
        AcmeLog.Ordering(_log, host.Name, _options.Directory);
        var certificate = await _orderer.OrderAsync(
            host.Name,
            host.Certificate,
            shared,
            host.MayOrderAlone ? ForeignAccount.IsPassedOver : ForeignAccount.StopsTheOrder,
            cancellationToken);
        AcmeLog.Ordered(_log, host.Name, certificate.NotAfter);
        _inUse.Use(host, certificate, isSaved: false, isShared: false);
        host.OrderedAt = _clock.GetUtcNow();
        _inUse.TrySave(host);
        await _sharing.TryShareAsync(host, cancellationToken);
    }

    private void Fail(ManagedHost host, Exception exception)
    {
        host.Failures++;
        var now = _clock.GetUtcNow();
        host.NextOrder = now + host.PauseAfter(host.Failures, (exception as AcmeException)?.RetryAfter, now);
        host.NextLook = LookTimes.InPause(host, now, _sharing.IsOn);
        _warnings.Fail(host, exception);
        host.IsPauseKept |= exception is not (StateUnwritableException or ObjectStoreException or ForeignSealException);
        _pauses.Save();
    }
}
