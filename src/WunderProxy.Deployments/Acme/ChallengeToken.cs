using System.Buffers;

namespace WunderProxy.Deployments.Acme;

/// <summary>
/// The form of the tokens of HTTP challenges: base64url of at least 128 bits (RFC 8555 section 8.3). Tokens become parts of
/// keys in the store, so no other form is accepted.
/// </summary>
public static class ChallengeToken
{
    /// <summary>Fewest characters of a token.</summary>
    public const int MinLength = 20;

    /// <summary>The number of characters beyond which a token of a challenge is refused.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Whether a text has the form of a token.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) =>
        text.Length is >= MinLength and <= MaxLength && !text.ContainsAnyExcept(Allowed);
}
