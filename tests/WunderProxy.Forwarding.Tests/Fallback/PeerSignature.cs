using System.Security.Cryptography;
using System.Text;
using WunderProxy.Forwarding.Fallback;

namespace WunderProxy.Forwarding.Tests.Fallback;

/// <summary>Signs as the contract has it, written a second time so that the two judge one another.</summary>
internal static class PeerSignature
{
    public const string Secret = "secret";

    public static PeerKey Key() => KeyOf(Secret);

    public static PeerKey KeyOf(string secret) => new(() => Encoding.UTF8.GetBytes(secret));

    /// <summary>A header line's value for a request.</summary>
    public static string Header(
        string target = "/",
        string host = "a",
        string forwardedFor = "",
        string proto = "",
        string method = "GET",
        long? time = null,
        string id = "",
        string secret = Secret)
    {
        var seconds = time ?? Now();
        id = id.Length > 0 ? id : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        return $"v1;t={seconds};id={id};mac={Mac(secret, seconds.ToString(), id, method, target, host, forwardedFor, proto)}";
    }

    public static string Mac(string secret, params string[] lines) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.Latin1.GetBytes(string.Join('\n', ["v1", .. lines]))));

    public static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
