namespace WunderProxy.Forwarding.Options;

/// <summary>
/// Answers the requests by which a certificate authority checks that a name is served here (RFC 8555 section 8.3).
/// </summary>
public interface IChallengeAnswers
{
    /// <summary>Finds the answer to a token. Called on a forwarding loop: it must not block and must not throw.</summary>
    /// <param name="token">The last part of the path, 20 to 128 characters of base64url.</param>
    /// <returns>The body to answer with; null if the token is unknown, so that the request goes to its application.</returns>
    ValueTask<byte[]?> FindAsync(string token);
}
