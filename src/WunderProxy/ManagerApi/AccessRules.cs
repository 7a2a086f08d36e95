using System.Net;
using WunderProxy.Configuration;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Who may change things. With a token: who has it, wherever they are. Without: the open networks, and, from root or our
/// own user only, the unix socket and programs on this machine; never a browser led here by a page, nor a proxy that
/// speaks for somebody else.
/// </summary>
internal sealed class AccessRules(ApiToken token, IReadOnlyList<IPNetwork> open)
{
    private const uint Root = 0;
    private const string Scheme = "Bearer ";
    private const string FetchSite = "Sec-Fetch-Site";
    private const string NoToken = "no token is configured, and ";

    private const string WaysOut =
        "; configure --api-token-file, or name the caller's network in --api-open";

    /// <summary>The user that may change things beside root; that of this process.</summary>
    internal uint OwnUser { get; init; } = ProcessUser.Id;

    /// <summary>Whether the call could change things. Notes and delays nothing.</summary>
    public bool HasRights(ApiRequest request) => RefusalOf(request) is null;

    /// <summary>Whether the call carries a token, and not the configured one.</summary>
    public bool HasWrongToken(ApiRequest request) =>
        token.IsConfigured && TokenOf(request) is { } candidate && !token.Matches(candidate);

    /// <summary>Lets the call pass or ends it.</summary>
    /// <exception cref="ApiException">401 or 403 with the reason.</exception>
    public void Demand(ApiRequest request)
    {
        if (RefusalOf(request) is { } refusal)
        {
            throw refusal;
        }
    }

    private ApiException? RefusalOf(ApiRequest request)
    {
        if (token.IsConfigured)
        {
            return RefusalWithToken(request);
        }

        return RefusalWithoutToken(request) is { } reason
            ? new ApiException(403, ApiErrorCode.Forbidden, NoToken + reason + WaysOut)
            : null;
    }

    private ApiException? RefusalWithToken(ApiRequest request)
    {
        if (TokenOf(request) is not { } candidate)
        {
            return ApiException.Unauthorized("this call needs the API token: Authorization: Bearer TOKEN");
        }

        if (!token.Matches(candidate))
        {
            return ApiException.WrongToken();
        }

        return request.Header("Origin") is { } origin
            && !IsSameOrigin(origin, request.Host)
            && request.Header(FetchSite) != "same-origin"
            ? new ApiException(403, ApiErrorCode.Forbidden, "the call comes from a page of another origin")
            : null;
    }

    private static string? TokenOf(ApiRequest request) =>
        request.Header("Authorization") is { } authorization
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? authorization[Scheme.Length..].Trim()
            : null;

    private string? RefusalWithoutToken(ApiRequest request) =>
        RefusalOfEvidence(request)
        ?? (IsOpen(request.Peer) ? null
            : request.Peer.IsUnix ? RefusalOfUser(request.Peer)
            : request.Peer.IsLoopback ? RefusalOfLoopback(request)
            : $"{request.Peer} is not on this machine");

    private bool IsOpen(ApiPeer peer) => !peer.IsUnix && open.Any(network => network.Contains(peer.Address!));

    /// <summary>
    /// A page that a browser was led to tells by Origin or Sec-Fetch-Site, a proxy by the fields that name its client.
    /// Neither is asked for its address first: an open network, this machine and the unix socket may be the proxy's.
    /// </summary>
    private static string? RefusalOfEvidence(ApiRequest request)
    {
        if (request.Header("Origin") is not null || (request.Header(FetchSite) is { } site && site != "none"))
        {
            return "the call comes from a web page";
        }

        return request.HeaderNames.FirstOrDefault(ForwardingEvidence.IsIn) is { } name
            ? $"the call was forwarded for somebody else: it carries {ForwardingEvidence.Shown(name)}"
            : null;
    }

    /// <summary>DNS rebinding, by which any page reaches this machine, shows in Host.</summary>
    private string? RefusalOfLoopback(ApiRequest request) =>
        HostText.TryParse(request.Host, out var host) && host.IsLoopback
            ? RefusalOfUser(request.Peer)
            : "the call is for a Host that is not localhost";

    private string? RefusalOfUser(ApiPeer peer) => peer.UserId switch
    {
        null => "the user who calls cannot be told: the caller has closed its connection, or this system does not show it",
        { } user when user == Root || user == OwnUser => null,
        { } user => $"the call comes from user {user}, who is neither root nor the user of this process",
    };

    /// <summary>
    /// Host and port of the page are those of the call. The scheme may differ: TLS may end in front of us. A missing
    /// port is that of the page's scheme (RFC 6454 section 4).
    /// </summary>
    private static bool IsSameOrigin(string origin, string host)
    {
        var separator = origin.IndexOf("://", StringComparison.Ordinal);
        if (separator < 0
            || !HostText.TryParse(origin[(separator + 3)..], out var page)
            || !HostText.TryParse(host, out var own))
        {
            return false;
        }

        int? usual = origin[..separator] switch { "http" => 80, "https" => 443, _ => null };
        return usual is not null
            && (page.Port ?? usual) == (own.Port ?? usual)
            && page.IsBracketed == own.IsBracketed
            && page.Name.Equals(own.Name, StringComparison.OrdinalIgnoreCase);
    }
}
