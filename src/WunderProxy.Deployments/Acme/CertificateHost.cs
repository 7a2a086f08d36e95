using System.Buffers;

namespace WunderProxy.Deployments.Acme;

/// <summary>The names for which certificates can be ordered.</summary>
public static class CertificateHost
{
    /// <summary>The expected form of a name, for error messages.</summary>
    public const string Expected = "a host name such as shop.example.com (other alphabets as xn--…; no address, no port)";

    private const string WildcardStart = "*.";
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether a name stands for all names of one level, which an HTTP challenge cannot prove.</summary>
    public static bool IsWildcard(string host) => host.StartsWith(WildcardStart, StringComparison.Ordinal);

    /// <summary>Reads a host name or a wildcard, in any case, with or without a final dot.</summary>
    public static bool TryParse(string text, out string host)
    {
        host = text.ToLowerInvariant();
        host = host.EndsWith('.') ? host[..^1] : host;
        var name = IsWildcard(host) ? host[WildcardStart.Length..] : host;
        var labels = name.Split('.');

        // A last label of digits makes an IPv4 address of it (RFC 1123 section 2.1), for which there is no certificate here.
        return name.Length is > 0 and <= MaxLength
            && Array.TrueForAll(labels, IsLabel)
            && !labels[^1].AsSpan().ContainsOnlyDigits();
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength
        && !label.AsSpan().ContainsAnyExcept(Allowed)
        && label[0] != '-' && label[^1] != '-';

    private static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
