using System.Security.Cryptography;
using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Acme.Sharing;

namespace WunderProxy.Deployments.Acme;

/// <summary>Orders certificates from the server and asks for its advice about renewals. Used by one task at a time.</summary>
internal sealed class CertificateOrderer(AcmeOptions options, AcmeState state, IChallengeBoard board, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan AdviceInterval = TimeSpan.FromHours(6);
    private static readonly TimeSpan ShortestAdviceInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestAdviceInterval = TimeSpan.FromDays(1);

    /// <summary>Longest time that advice is waited for: it is optional, and meanwhile nothing is ordered for other hosts.</summary>
    private static readonly TimeSpan AdviceLimit = TimeSpan.FromSeconds(5);

    /// <summary>Pause of all advice after a first question without an answer; it is doubled up to the ordinary interval.</summary>
    private static readonly TimeSpan FirstAdvicePause = TimeSpan.FromMinutes(10);

    /// <summary>Longest time from the first request to the certificate: the other instances wait for the lease meanwhile.</summary>
    private static readonly TimeSpan OrderLimit = TimeSpan.FromMinutes(6);

    private readonly AcmeTransport _transport = new(options, clock);
    private string? _renewalInfo;
    private bool _isDirectoryRead;
    private int _unansweredQuestions;
    private DateTimeOffset _adviceAgainAt;

    /// <summary>How far the server's clock is ahead of ours; null if unknown.</summary>
    public TimeSpan? ServerAhead => _transport.ServerAhead;

    /// <summary>Orders a certificate and judges it, within 6 minutes.</summary>
    /// <param name="host">The name.</param>
    /// <param name="replaced">The certificate that is replaced; null for none.</param>
    /// <param name="shared">What instances share; null if nothing is shared.</param>
    /// <param name="foreign">What is done when the shared account is sealed with another key.</param>
    /// <param name="cancellationToken">Ends the order.</param>
    /// <exception cref="AcmeException">The order failed, or the certificate cannot be used.</exception>
    /// <exception cref="Storage.StateUnwritableException">The state directory cannot be written; nothing was ordered.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store failed.</exception>
    public async Task<IssuedCertificate> OrderAsync(
        string host,
        IssuedCertificate? replaced,
        SharedDocuments? shared,
        ForeignAccount foreign,
        CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyPem = key.ExportPkcs8PrivateKeyPem();
        state.WritePendingKey(keyPem);
        using var limit = new CancellationTokenSource(OrderLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var directory = await ReadDirectoryAsync(either.Token);
            var replaces = directory.RenewalInfo is not null && IsOfServer(replaced) ? replaced!.RenewalId : null;
            var chain = await OrderOnceMoreAsync(directory, host, keyPem, replaces, shared, foreign, either.Token);
            return Judge(host, chain, keyPem);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AcmeException(
                $"directory, account and order were not done within {OrderLimit.TotalMinutes} min", cause: exception);
        }
        finally
        {
            state.RemovePendingKey();
        }
    }

    /// <summary>
    /// Whether the server may be asked for advice about a host now. After a question without an answer it is left alone for a
    /// while, whatever the host: a server that hangs must not cost each host its time.
    /// </summary>
    public bool MayAskAdvice(ManagedHost host)
    {
        var now = clock.GetUtcNow();

        // A longer pause was begun by a clock that has been set back.
        if (now < _adviceAgainAt && _adviceAgainAt <= now + AdviceInterval && host.NextAdvice <= now)
        {
            host.NextAdvice = _adviceAgainAt;
        }

        return now >= host.NextAdvice;
    }

    /// <summary>Asks when the server wants the host's certificate to be renewed, for 5 seconds at most.</summary>
    /// <returns>When to renew; null if the server has no advice.</returns>
    public async Task<DateTimeOffset?> AskAdviceAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AdviceLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        host.NextAdvice = clock.GetUtcNow() + AdviceInterval;
        try
        {
            var advised = await AskAsync(host, either.Token);
            _unansweredQuestions = 0;
            return advised;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            PauseAdvice(host);
        }
        catch (AcmeException exception) when (exception.IsUnanswered)
        {
            PauseAdvice(host);
        }
        catch (AcmeException)
        {
            // The server has nothing to say about this certificate.
            _unansweredQuestions = 0;
        }

        // Advice is optional: without it the certificate is renewed by its life.
        return null;
    }

    /// <summary>Closes the connections to the server.</summary>
    public void Dispose() => _transport.Dispose();

    private void PauseAdvice(ManagedHost host)
    {
        var pause = FirstAdvicePause * Math.Pow(2, Math.Min(_unansweredQuestions++, 10));
        _adviceAgainAt = clock.GetUtcNow() + (pause < AdviceInterval ? pause : AdviceInterval);
        host.NextAdvice = _adviceAgainAt;
    }

    private async Task<DateTimeOffset?> AskAsync(ManagedHost host, CancellationToken cancellationToken)
    {
        if (!_isDirectoryRead)
        {
            await ReadDirectoryAsync(cancellationToken);
        }

        if (_renewalInfo is null || host.Certificate is not { RenewalId: { } id } || !IsOfServer(host.Certificate))
        {
            return null;
        }

        var answer = await _transport.GetAsync($"{_renewalInfo.TrimEnd('/')}/{id}", cancellationToken);
        var interval = answer.RetryAfter ?? AdviceInterval;
        host.NextAdvice = clock.GetUtcNow() + TimeSpan.FromTicks(
            Math.Clamp(interval.Ticks, ShortestAdviceInterval.Ticks, LongestAdviceInterval.Ticks));
        var info = AcmeTransport.Read(answer, AcmeJsonContext.Default.RenewalInfo, "renewal information");
        host.AdvicePage = info.ExplanationUrl is { Length: > 0 } page ? AcmeProblem.Clean(page) : null;
        return RenewalTimes.BySuggestion(info, host.Chance);
    }

    private bool IsOfServer(IssuedCertificate? certificate) => certificate?.Directory == options.Directory.AbsoluteUri;

    private async Task<AcmeDirectory> ReadDirectoryAsync(CancellationToken cancellationToken)
    {
        var directory = await AcmeSession.ReadDirectoryAsync(_transport, options.Directory, cancellationToken);
        _renewalInfo = directory.RenewalInfo;
        _isDirectoryRead = true;
        return directory;
    }

    private async Task<string> OrderOnceMoreAsync(
        AcmeDirectory directory,
        string host,
        string keyPem,
        string? replaces,
        SharedDocuments? shared,
        ForeignAccount foreign,
        CancellationToken cancellationToken)
    {
        var accounts = new AccountOpener(options, state, _transport);
        for (var renew = false; ; renew = true)
        {
            AcmeSession? session = null;
            try
            {
                session = await accounts.OpenAsync(directory, shared, renew, foreign, cancellationToken);
                var order = new CertificateOrder(session, new ChallengePublisher(board, shared), clock);
                return await order.RunAsync(host, keyPem, replaces, cancellationToken);
            }
            catch (AcmeException exception) when (exception.Is("accountDoesNotExist") && !renew)
            {
                // The server forgot the account; the same key gets it again, or another one.
            }
            finally
            {
                session?.Key.Dispose();
            }
        }
    }

    private IssuedCertificate Judge(string host, string chain, string keyPem)
    {
        try
        {
            var certificate = IssuedCertificate.Parse(host, options.Directory.AbsoluteUri, chain, keyPem);
            return certificate.NotAfter > clock.GetUtcNow()
                ? certificate
                : throw new FormatException($"it expired on {certificate.NotAfter:u}; is the clock of this machine right?");
        }
        catch (FormatException exception)
        {
            throw new AcmeException("the ACME server issued a certificate that cannot be used", exception.Message, exception);
        }
    }
}
