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
    private const string SharingTopic = "acme-sharing";
    private const string ClockTopic = "acme-clock";
    private const int MaxFailuresAlone = 3;

    private static readonly TimeSpan SharedLookInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan OtherOrderPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SavePause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly AcmeOptions _options;
    private readonly AcmeState _state;
    private readonly ICertificateSink _sink;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly NoticeBoard _notices;
    private readonly CertificateOrderer _orderer;
    private readonly SharedDocuments? _shared;
    private readonly SharedAnswers? _answers;
    private readonly ManagedHost[] _hosts;
    private volatile bool _isSharing;
    private DateTimeOffset _shareAgainAt;
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
        (_options, _state, _sink, _clock) = (options, state, sink, clock);
        _log = loggers.CreateLogger<CertificateKeeper>();
        _notices = new NoticeBoard(_log);
        _orderer = new CertificateOrderer(options, state, board, clock);
        _hosts = [.. options.Hosts.Where(host => !CertificateHost.IsWildcard(host)).Distinct(StringComparer.Ordinal).Select(host => new ManagedHost(host))];
        if (sharing is not null && options.SharingKey is { } key)
        {
            _shared = new SharedDocuments(sharing.Store, sharing.Prefix, key, _notices, clock);
            _answers = new SharedAnswers(_shared, clock);
            _isSharing = true;
        }
        else if (sharing is not null)
        {
            _notices.Warn(SharingTopic, "without --acme-key-file other instances of this application do not get the certificates");
        }

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
            _notices.Warn("acme-state-" + warning, warning);
        }

        _state.OnWarning = message => _notices.Warn("acme-file-" + message, message);
        var pauses = _state.ReadPauses(_options.Directory);
        var now = _clock.GetUtcNow();
        foreach (var host in _hosts)
        {
            if (_state.ReadCertificate(host.Name) is { } certificate)
            {
                // The other instances may not have it, if this one was the first to get the key of the store.
                Use(host, certificate, isSaved: true, isShared: false);
            }

            // A longer pause was begun by a clock that was wrong.
            if (pauses.TryGetValue(host.Name, out var until) && until > now && until <= now + RenewalTimes.LongestPause)
            {
                host.NextOrder = until;
                host.NextLook = _isSharing ? now : until;
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
        return new CertificateOrdersView(_options.Directory.AbsoluteUri, _isSharing, [.. _hosts.Select(host => host.View)])
        {
            Warnings = [.. notices.Select(notice => notice.Message)],
            PublicWarnings = [.. notices.Select(notice => notice.Public)],
        };
    }

    /// <summary>Finds the answer to a challenge that another instance began.</summary>
    /// <param name="token">A token as <see cref="ChallengeToken"/> allows it.</param>
    /// <returns>The answer; null if there is none. Never fails.</returns>
    public Task<string?> FindSharedAnswerAsync(string token) =>
        _answers is null || !_isSharing ? Task.FromResult<string?>(null) : _answers.FindAsync(token);

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
            return;
        }
        catch (LeaseHeldException)
        {
            // Another instance orders; its certificate will be in the store.
            host.NextLook = _clock.GetUtcNow() + (OtherOrderPause * (1 + Random.Shared.NextDouble()));
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

        WarnOfExpiry(host);
        WarnOfClock();
        host.Publish();
    }

    private async Task CareAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        TrySave(host);
        _isSharing |= _shared is not null && _clock.GetUtcNow() >= _shareAgainAt;
        if (MustWait(host))
        {
            await TryAdoptSharedAsync(host, cancellationToken);
            if (MustWait(host))
            {
                PlanWait(host);
                return;
            }
        }

        await AdoptSharedAsync(host, cancellationToken);
        await FollowAdviceAsync(host, cancellationToken);
        if (IsDue(host))
        {
            await RenewAsync(host, cancellationToken);
            await FollowAdviceAsync(host, cancellationToken);
        }

        (host.Failures, host.LastError, host.PublicError, host.NextOrder) = (0, null, null, DateTimeOffset.MinValue);
        _notices.Warn(TopicOf(host), null);
        await TryShareAsync(host, cancellationToken);
        Plan(host);
    }

    /// <summary>Takes the pauses along when the clock is set back; else they would last longer by as much.</summary>
    private void FollowClock()
    {
        var now = _clock.GetUtcNow();
        var back = _seenAt - now;
        _seenAt = now;
        if (back > ClockTolerance)
        {
            Array.ForEach(_hosts, host => host.SetBack(back));
            _shareAgainAt = ManagedHost.Earlier(_shareAgainAt, back);
        }
    }

    private bool IsDue(ManagedHost host) =>
        host.Certificate is not { } certificate
        || !IsOfServer(certificate)
        || _clock.GetUtcNow() >= host.RenewAt;

    private bool MustWait(ManagedHost host) => _clock.GetUtcNow() < host.NextOrder && IsDue(host);

    private async Task FollowAdviceAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (host.Certificate is not { } certificate || now < host.NextAdvice)
        {
            return;
        }

        var pageBefore = host.AdvicePage;
        var advised = await _orderer.AskAdviceAsync(host, cancellationToken);
        var byLife = RenewalTimes.ByLife(certificate.NotBefore, certificate.NotAfter, host.Chance);
        host.RenewAt = advised is { } time && time < certificate.NotAfter
            ? RenewalTimes.ByAdvice(time, byLife, host.OrderedAt ?? certificate.NotBefore)
            : byLife;
        if (host.AdvicePage is { } page && page != pageBefore)
        {
            // The operator is told why a renewal comes early (RFC 9773 section 4.2), once for each page.
            AcmeLog.Advised(_log, host.Name, host.RenewAt, page);
        }
    }

    private async Task RenewAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        if (!_isSharing)
        {
            await OrderAsync(host, shared: null, cancellationToken);
            return;
        }

        try
        {
            await using var lease = await _shared!.TakeLeaseAsync(cancellationToken);

            // The instance that had the lease before may just have ordered.
            await AdoptSharedAsync(host, cancellationToken);
            if (IsDue(host))
            {
                await OrderAsync(host, _shared, cancellationToken);
            }
        }
        catch (ObjectStoreException exception) when (exception.Fault == ObjectStoreFault.Denied)
        {
            StopSharing(exception);
            await OrderAsync(host, shared: null, cancellationToken);
        }
        catch (ObjectStoreException) when (host.Failures >= MaxFailuresAlone && IsDue(host))
        {
            // A certificate of one's own is better than none until the store is back.
            await OrderAsync(host, shared: null, cancellationToken);
        }
    }

    private async Task OrderAsync(ManagedHost host, SharedDocuments? shared, CancellationToken cancellationToken)
    {
        AcmeLog.Ordering(_log, host.Name, _options.Directory);
        var certificate = await _orderer.OrderAsync(host.Name, host.Certificate, shared, cancellationToken);
        AcmeLog.Ordered(_log, host.Name, certificate.NotAfter);
        Use(host, certificate, isSaved: false, isShared: false);
        host.OrderedAt = _clock.GetUtcNow();
        TrySave(host);
        await TryShareAsync(host, cancellationToken);
    }

    private void Use(ManagedHost host, IssuedCertificate certificate, bool isSaved, bool isShared)
    {
        host.Take(certificate);
        (host.IsSaved, host.IsShared) = (isSaved, isShared);
        _sink.Use(host.Name, certificate.ChainPem, certificate.KeyPem);
        host.Publish();
    }

    /// <summary>Takes what another instance ordered while this one waits. A store that fails then changes nothing.</summary>
    private async Task TryAdoptSharedAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        try
        {
            await AdoptSharedAsync(host, cancellationToken);
        }
        catch (Exception exception) when (exception is ObjectStoreException or AcmeException)
        {
            // The failure behind the wait has been reported; the store is asked again soon.
        }
    }

    /// <summary>Takes the certificate from the store if it is of this server and was issued after the one in use.</summary>
    private async Task AdoptSharedAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        if (!_isSharing)
        {
            return;
        }

        IssuedCertificate? found;
        try
        {
            found = await _shared!.ReadAsync(
                AcmeState.NameOf(host.Name), bytes => IssuedCertificate.FromText(host.Name, bytes), cancellationToken);
        }
        catch (ObjectStoreException exception)
            when (!IsDue(host) || exception.Fault == ObjectStoreFault.Denied || host.Failures >= MaxFailuresAlone)
        {
            // Nothing is needed from the store now, or it failed too often; without any rights the lease fails as well.
            return;
        }

        if (found is null)
        {
            return;
        }

        if (IsWanted(found, host.Certificate))
        {
            AcmeLog.Adopted(_log, host.Name, found.NotAfter);
            Use(host, found, isSaved: false, isShared: true);
            TrySave(host);
        }
        else
        {
            host.IsShared = IsOfServer(found) && host.Certificate?.IsNewerThan(found) != true;
        }
    }

    /// <summary>Whether a certificate of the store replaces the one in use, which no expired one does that lasted shorter.</summary>
    private bool IsWanted(IssuedCertificate found, IssuedCertificate? own) =>
        IsOfServer(found)
        && (own is null
            || ((!IsOfServer(own) || found.IsNewerThan(own))
                && (found.NotAfter > _clock.GetUtcNow() || found.NotAfter > own.NotAfter)));

    private bool IsOfServer(IssuedCertificate certificate) => certificate.Directory == _options.Directory.AbsoluteUri;

    private async Task TryShareAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        if (!_isSharing || host.IsShared || host.Certificate is not { } certificate)
        {
            return;
        }

        try
        {
            await _shared!.WriteAsync(AcmeState.NameOf(host.Name), certificate.ToText(), cancellationToken);
            host.IsShared = true;
        }
        catch (ObjectStoreException exception) when (exception.Fault == ObjectStoreFault.Denied)
        {
            StopSharing(exception);
            return;
        }
        catch (ObjectStoreException exception)
        {
            _notices.Warn(SharingTopic, $"the certificate of {host.Name} could not be shared with other instances", exception.Message);
            return;
        }

        _notices.Warn(SharingTopic, null);
    }

    /// <summary>
    /// Shares nothing for an hour: the right to write may be missing for good, or for a moment, as while keys are exchanged
    /// or the clock is wrong.
    /// </summary>
    private void StopSharing(ObjectStoreException exception)
    {
        _isSharing = false;
        _shareAgainAt = _clock.GetUtcNow() + SharedLookInterval;
        _notices.Warn(SharingTopic, "certificates are not shared with other instances, because the store may not be written", exception.Message);
    }

    private void TrySave(ManagedHost host)
    {
        var topic = "acme-save-" + host.Name;
        if (host.IsSaved || host.Certificate is not { } certificate)
        {
            return;
        }

        try
        {
            _state.WriteCertificate(certificate);
            host.IsSaved = true;
            _notices.Warn(topic, null);
        }
        catch (StateUnwritableException exception)
        {
            _notices.Warn(topic, $"the certificate of {host.Name} is in use and would be lost by a restart: {exception.Message}");
        }
    }

    private void Plan(ManagedHost host)
    {
        var now = _clock.GetUtcNow();
        var next = host.RenewAt < host.NextAdvice ? host.RenewAt : host.NextAdvice;
        var look = now + (SharedLookInterval * (0.5 + (Random.Shared.NextDouble() / 2)));
        next = _shared is not null && look < next ? look : next;
        host.NextLook = !host.IsSaved && now + SavePause < next ? now + SavePause : next;
    }

    /// <summary>
    /// Plans the next look at a host that must not be ordered yet. Another instance may succeed meanwhile, and a host
    /// without a certificate is down.
    /// </summary>
    private void PlanWait(ManagedHost host)
    {
        var now = _clock.GetUtcNow();
        var isServed = host.Certificate is { } certificate && certificate.NotAfter > now;
        var look = now + ((isServed ? SharedLookInterval : 2 * OtherOrderPause) * (0.5 + (Random.Shared.NextDouble() / 2)));
        host.NextLook = _isSharing && look < host.NextOrder ? look : host.NextOrder;
    }

    private void Fail(ManagedHost host, Exception exception)
    {
        host.Failures++;
        var retryAfter = (exception as AcmeException)?.RetryAfter;
        var now = _clock.GetUtcNow();
        host.NextOrder = now + RenewalTimes.AfterFailure(host.Failures, retryAfter, Random.Shared.NextDouble());
        PlanWait(host);
        var (message, quoted) = exception switch
        {
            AcmeException acme => (acme.Message, acme.Quoted),
            StateUnwritableException => (exception.Message, null),
            ObjectStoreException => ("the store failed", AcmeProblem.Clean(exception.Message)),
            _ => ("a fault of this program, which the log describes", null),
        };
        host.PublicError = message;
        host.LastError = quoted is null ? message : $"{message}: {quoted}";
        var inUse = host.Certificate is { } certificate ? $"the one in use is valid until {certificate.NotAfter:u}" : "there is none yet";
        _notices.Warn(
            TopicOf(host),
            $"no new certificate for {host.Name} ({inUse}; next try at {host.NextOrder:u}): {message}",
            quoted);
        if (retryAfter is not null)
        {
            // A restart must not ask earlier than the server wants.
            _state.TryWritePauses(
                _options.Directory,
                _hosts.Where(one => one.NextOrder > now)
                    .ToDictionary(one => one.Name, one => one.NextOrder, StringComparer.Ordinal));
        }
    }

    private void WarnOfExpiry(ManagedHost host)
    {
        var topic = "acme-expiry-" + host.Name;
        var now = _clock.GetUtcNow();
        var message = host.Certificate switch
        {
            null => null,
            { } certificate when certificate.NotAfter <= now => $"the certificate of {host.Name} expired on {certificate.NotAfter:u}",
            { } certificate when certificate.NotBefore > now + ClockTolerance =>
                $"the certificate of {host.Name} is valid only from {certificate.NotBefore:u}: is the clock of this machine right?",
            { } certificate when certificate.NotAfter - now < (certificate.NotAfter - certificate.NotBefore) / 6 =>
                $"the certificate of {host.Name} expires on {certificate.NotAfter:u} and could not be renewed yet",
            _ => null,
        };
        _notices.Warn(topic, message);
    }

    private void WarnOfClock()
    {
        var ahead = _orderer.ServerAhead;
        var isOff = ahead is { } difference && difference.Duration() > ClockTolerance;
        _notices.Warn(
            ClockTopic,
            isOff
                ? $"the clock of this machine differs from the ACME server's by {Math.Round(ahead!.Value.Duration().TotalMinutes)} min; certificates may seem invalid"
                : null);
    }

    private static string TopicOf(ManagedHost host) => "acme-order-" + host.Name;
}
