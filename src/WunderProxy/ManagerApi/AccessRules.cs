using System.Net;
using WunderProxy.Configuration;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Decides who may make changes. With a configured token: every caller that sends it. Without a token: callers in the
/// open networks, and programs of root or of this process's user that call over the unix socket or loopback; but never
/// a browser acting for a web page, nor a proxy acting for another client.
/// </summary>
internal sealed class AccessRules(ApiToken token, IReadOnlyList<IPNetwork> open)
{
    private const uint Root = 0;
    private const string Scheme = "Bearer ";
    private const string FetchSite = "Sec-Fetch-Site";
    private const string NoToken = "no token is configured, and ";

    private const string WaysOut =
        "; configure --api-token-file, or name the caller's network in --api-open";

    /// <summary>Id of the user who may make changes besides root: that of this process.</summary>
    internal uint OwnUser { get; init; } = ProcessUser.Id;

    /// <summary>Whether the caller may make changes; has no side effects and never delays.</summary>
    public bool HasRights(ApiRequest request) => RefusalOf(request) is null;

    /// <summary>Whether the call carries a token that is not the configured one.</summary>
    public bool HasWrongToken(ApiRequest request) =>
        token.IsConfigured && TokenOf(request) is { } candidate && !token.Matches(candidate);

    /// <summary>Throws if the caller may not make changes.</summary>
    /// <exception cref="ApiException">401 or 403, with the reason in words.</exception>
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
        ?? (IsOpen(request.Caller) ? null
            : request.Caller.IsUnix ? RefusalOfUser(request.Caller)
            : request.Caller.IsLoopback ? RefusalOfLoopback(request)
            : $"{request.Caller} is not on this machine");

    private bool IsOpen(ApiCaller caller) => !caller.IsUnix && open.Any(network => network.Contains(caller.Address!));

    /// <summary>
    /// Returns why evidence in the request forbids the call, or null. A browser acting for a web page sends Origin or
    /// Sec-Fetch-Site, and a proxy sends fields about its client. Their addresses prove nothing, because open networks,
    /// this machine and the unix socket may be theirs.
    /// </summary>
    private static string? RefusalOfEvidence(ApiRequest request)
    {
        if (request.Header("Origin") is not null || (request.Header(FetchSite) is { } site && site != "none"))
        {
            return "the call comes from a web page";
        }

        return request.HeaderNames.FirstOrDefault(ForwardingEvidence.IsIn) is { } name
            ? $"the call was forwarded for another client: it carries {ForwardingEvidence.Shown(name)}"
            : null;
    }

    /// <summary>
    /// Returns why a loopback call is refused, or null. DNS rebinding, by which any web page can reach this machine,
    /// shows in Host.
    /// </summary>
    private string? RefusalOfLoopback(ApiRequest request) =>
        HostText.TryParse(request.Host, out var host) && host.IsLoopback
            ? RefusalOfUser(request.Caller)
            : "the call is for a Host that is not localhost";

    private string? RefusalOfUser(ApiCaller caller) => caller.UserId switch
    {
        null => "the calling user is unknown: the caller has closed its connection, or this system does not tell",
        { } user when user == Root || user == OwnUser => null,
        { } user => $"the call comes from user {user}, who is neither root nor the user of this process",
    };

    /// <summary>
    /// Whether host and port of the page are those of the call. The scheme may differ, because TLS may end at a proxy
    /// before us. A missing port is the default of the page's scheme (RFC 6454 section 4).
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
