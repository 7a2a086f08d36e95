using System.Security.Cryptography.X509Certificates;
using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Acme.Sharing;

namespace WunderProxy.Deployments.Acme;

/// <summary>Which certificates are ordered, and from whom.</summary>
public sealed record AcmeOptions
{
    /// <summary>The directory of Let's Encrypt, the default authority.</summary>
    public static Uri LetsEncrypt { get; } = new("https://acme-v02.api.letsencrypt.org/directory");

    /// <summary>Whether a URL can be a server's directory: https, or http on this machine.</summary>
    public static bool IsDirectory(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return AcmeTransport.IsAllowed(url);
    }

    /// <summary>The names that get a certificate each, in lower case; wildcards get a warning instead.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>URL of the authority's directory (RFC 8555 section 7.1.1).</summary>
    public Uri Directory { get; init; } = LetsEncrypt;

    /// <summary>Mail address of the account, to which the authority may write; null for none.</summary>
    public string? Email { get; init; }

    /// <summary>
    /// Root certificates that the authority's own server may use besides those of the system; empty for none.
    /// </summary>
    public X509Certificate2Collection Roots { get; init; } = [];

    /// <summary>The account at the authority to which ours is bound; null for none.</summary>
    public ExternalAccount? ExternalAccount { get; init; }

    /// <summary>The key that seals what instances share through the store; null if nothing is shared.</summary>
    public SealingKey? SharingKey { get; init; }

    /// <summary>Version of this program, for the <c>User-Agent</c> that the protocol demands (RFC 8555 section 6.1).</summary>
    public string Version { get; init; } = "0";
}
