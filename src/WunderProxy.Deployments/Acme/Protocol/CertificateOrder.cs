using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Places one order for one name and sees it through (RFC 8555 section 7.4).</summary>
/// <param name="session">The account.</param>
/// <param name="answers">Publishes the answer to a challenge everywhere before the server is told to look.</param>
/// <param name="clock">For pauses and limits.</param>
internal sealed class CertificateOrder(AcmeSession session, IChallengeAnswers answers, TimeProvider clock)
{
    /// <summary>Longest time for a whole order.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestAskedPause = TimeSpan.FromSeconds(60);

    /// <summary>Orders a certificate.</summary>
    /// <param name="host">The name.</param>
    /// <param name="keyPem">The private key that the certificate is for, in PEM.</param>
    /// <param name="replaces">The certificate that is replaced; null for none.</param>
    /// <param name="cancellationToken">Ends the order.</param>
    /// <returns>The certificate and its chain in PEM, as the server sent them.</returns>
    /// <exception cref="AcmeException">The order failed.</exception>
    public async Task<string> RunAsync(string host, string keyPem, string? replaces, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await OrderAsync(host, keyPem, replaces, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AcmeException($"the order was not done within {Limit.TotalMinutes} min", cause: exception);
        }
    }

    private async Task<string> OrderAsync(string host, string keyPem, string? replaces, CancellationToken cancellationToken)
    {
        var (url, order) = await PlaceAsync(host, replaces, cancellationToken);
        foreach (var authorization in order.Authorizations ?? [])
        {
            await ProveAsync(host, authorization, cancellationToken);
        }

        order = await AwaitOrderAsync(url, static status => status == "pending", cancellationToken);
        if (order.Status == "ready")
        {
            var finalize = order.Finalize ?? throw new AcmeException("the ACME server does not say where the order is finalized");
            var request = new FinalizeRequest(Base64Url.EncodeToString(SigningRequest(host, keyPem)));
            await session.PostAsync(finalize, request, AcmeJsonContext.Default.FinalizeRequest, cancellationToken);

            // Some servers have taken the request before their orders show it.
            order = await AwaitOrderAsync(url, static status => status is "ready" or "processing", cancellationToken);
        }

        if (order.Status != "valid")
        {
            throw new AcmeException($"the order became {Word(order.Status)}", order.Error?.ToLine()) { Problem = order.Error };
        }

        var certificate = order.Certificate ?? throw new AcmeException("the ACME server does not say where the certificate is");
        var answer = await session.ReadAsync(certificate, IssuedCertificate.MaxChainBytes, cancellationToken);
        return Encoding.ASCII.GetString(answer.Body);
    }

    private async Task<(string Url, AcmeOrder Order)> PlaceAsync(string host, string? replaces, CancellationToken cancellationToken)
    {
        AcmeAnswer answer;
        try
        {
            answer = await PlaceOneAsync(host, replaces, cancellationToken);
        }
        catch (AcmeException exception) when (replaces is not null
            && (exception.Is("alreadyReplaced") || exception.Is("malformed") || exception.Is("unauthorized")))
        {
            // Another order replaced the certificate, the server does not know it, or another account ordered it, which is
            // "unauthorized" at Let's Encrypt (RFC 9773 section 5).
            answer = await PlaceOneAsync(host, replaces: null, cancellationToken);
        }

        return (answer.LocationOf("the order"), AcmeTransport.Read(answer, AcmeJsonContext.Default.AcmeOrder, "order"));
    }

    private Task<AcmeAnswer> PlaceOneAsync(string host, string? replaces, CancellationToken cancellationToken) =>
        session.PostAsync(
            session.Directory.NewOrder!,
            new NewOrderRequest([new AcmeIdentifier("dns", host)], replaces),
            AcmeJsonContext.Default.NewOrderRequest,
            cancellationToken);

    private async Task ProveAsync(string host, string url, CancellationToken cancellationToken)
    {
        var (authorization, _) = await ReadAuthorizationAsync(url, cancellationToken);
        if (authorization.Status == "valid")
        {
            return;
        }

        var challenge = authorization.Challenges?.OfType<AcmeChallenge>().FirstOrDefault(one => one.Type == "http-01");
        if (authorization.Status != "pending" || challenge is not { Url: not null, Token: not null })
        {
            throw new AcmeException($"the ACME server offers no HTTP challenge for {host}, whose authorization is {Word(authorization.Status)}");
        }

        if (!ChallengeToken.IsToken(challenge.Token))
        {
            throw new AcmeException("the ACME server's token has a form that is not allowed", AcmeProblem.Clean(challenge.Token));
        }

        await answers.PublishAsync(challenge.Token, $"{challenge.Token}.{session.Key.Thumbprint}", cancellationToken);
        try
        {
            await session.PostEmptyAsync(challenge.Url, cancellationToken);
            await AwaitProofAsync(host, url, cancellationToken);
        }
        finally
        {
            await answers.WithdrawAsync(challenge.Token);
        }
    }

    private async Task AwaitProofAsync(string host, string url, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var (authorization, retryAfter) = await ReadAuthorizationAsync(url, cancellationToken);
            if (authorization.Status == "valid")
            {
                return;
            }

            if (authorization.Status != "pending")
            {
                var problem = authorization.Challenges?.OfType<AcmeChallenge>().FirstOrDefault(one => one.Error is not null)?.Error;
                throw new AcmeException($"the ACME server could not see that {host} is ours", problem?.ToLine()) { Problem = problem };
            }

            await Task.Delay(PauseOf(retryAfter, pause), clock, cancellationToken);
        }
    }

    private async Task<(AcmeAuthorization Authorization, TimeSpan? RetryAfter)> ReadAuthorizationAsync(
        string url, CancellationToken cancellationToken)
    {
        var answer = await session.ReadAsync(url, maxBytes: 0, cancellationToken);
        return (AcmeTransport.Read(answer, AcmeJsonContext.Default.AcmeAuthorization, "authorization"), answer.RetryAfter);
    }

    private async Task<AcmeOrder> AwaitOrderAsync(string url, Predicate<string?> isPassing, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var answer = await session.ReadAsync(url, maxBytes: 0, cancellationToken);
            var order = AcmeTransport.Read(answer, AcmeJsonContext.Default.AcmeOrder, "order");
            if (!isPassing(order.Status))
            {
                return order;
            }

            await Task.Delay(PauseOf(answer.RetryAfter, pause), clock, cancellationToken);
        }
    }

    private static byte[] SigningRequest(string host, string keyPem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(keyPem);

        // Without a common name, which is limited to 64 characters and not read by clients any more.
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequest();
    }

    private static string Word(string? status) => string.IsNullOrEmpty(status) ? "without a status" : AcmeProblem.Clean(status);

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private static TimeSpan PauseOf(TimeSpan? asked, TimeSpan own) =>
        asked is not { } given || given < own ? own : given < LongestAskedPause ? given : LongestAskedPause;
}
