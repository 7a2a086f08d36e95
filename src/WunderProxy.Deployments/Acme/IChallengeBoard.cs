namespace WunderProxy.Deployments.Acme;

/// <summary>Where answers to HTTP challenges are published (RFC 8555 section 8.3).</summary>
public interface IChallengeBoard
{
    /// <summary>Answers requests for a token from now on.</summary>
    /// <param name="token">The token, as <see cref="ChallengeToken"/> allows it.</param>
    /// <param name="answer">The key authorization, in ASCII.</param>
    void Publish(string token, string answer);

    /// <summary>Forgets a token; an unknown one is no error.</summary>
    void Withdraw(string token);
}
