using System.Net;
using WunderProxy.Configuration;

namespace WunderProxy.ManagerApi;

/// <summary>
/// Who may change things. With a token: who has it, wherever they are. Without: the unix socket, the open networks,
/// and programs on this machine that are not a browser led here by a page, nor a proxy for somebody else.
/// </summary>
internal sealed class AccessRules(ApiToken token, IReadOnlyList<IPNetwork> open)
{
    private const string Scheme = "Bearer ";

    private const string WaysOut =
        "; configure --api-token, or name the caller's network in --api-open";

    private static readonly string[] ForwardingHeaders = ["X-Forwarded-For", "Forwarded", "Via"];

    /// <summary>Lets the call pass or ends it.</summary>
    /// <exception cref="ApiException">401 or 403 with the reason.</exception>
    public void Demand(ApiRequest request)
    {
        if (token.IsConfigured)
        {
            DemandToken(request);
        }
        else if (RefusalWithoutToken(request) is { } reason)
        {
            throw new ApiException(403, ApiErrorCode.Forbidden, reason + WaysOut);
        }
    }

    private void DemandToken(ApiRequest request)
    {
        var authorization = request.Header("Authorization") ?? string.Empty;
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw ApiException.Unauthorized("this call needs the API token: Authorization: Bearer TOKEN");
        }

        if (!token.Matches(authorization[Scheme.Length..].Trim()))
        {
            throw ApiException.Unauthorized("the API token is wrong");
        }

        var ownOrigin = $"{request.Scheme}://{request.Host}";
        if (request.Header("Origin") is { } origin && !IsSameOrigin(origin, ownOrigin))
        {
            throw new ApiException(403, ApiErrorCode.Forbidden, "the call comes from a page of another origin");
        }
    }

    private string? RefusalWithoutToken(ApiRequest request)
    {
        if (request.Header("Origin") is not null)
        {
            return "no token is configured, and the call comes from a web page";
        }

        var peer = request.Peer;
        if (peer.IsUnix || open.Any(network => network.Contains(peer.Address!)))
        {
            return null;
        }

        return peer.IsLoopback
            ? RefusalOfLoopback(request)
            : $"no token is configured, and {peer} is not on this machine";
    }

    /// <summary>
    /// A browser on this machine can be led here by any page (DNS rebinding shows in Host, the rest in Sec-Fetch-Site),
    /// and a proxy on this machine speaks for somebody who may be anywhere.
    /// </summary>
    private static string? RefusalOfLoopback(ApiRequest request)
    {
        if (!IsLoopbackHost(request.Host))
        {
            return "no token is configured, and the call is for a Host that is not localhost";
        }

        if (request.Header("Sec-Fetch-Site") is { } site && site != "none")
        {
            return "no token is configured, and the call comes from a web page";
        }

        return ForwardingHeaders.Any(name => request.Header(name) is not null)
            ? "no token is configured, and the call was forwarded for somebody else"
            : null;
    }

    private static bool IsLoopbackHost(string host)
    {
        var isPlain = host.AsSpan().IndexOfAny("@/?#\\") < 0;
        var name = isPlain && Uri.TryCreate("http://" + host, UriKind.Absolute, out var uri)
            ? uri.IdnHost
            : string.Empty;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    /// <summary>Scheme, host and port compared (RFC 6454 section 5); a missing port is the scheme's own.</summary>
    private static bool IsSameOrigin(string origin, string own) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var left)
        && Uri.TryCreate(own, UriKind.Absolute, out var right)
        && left.Scheme == right.Scheme
        && left.Port == right.Port
        && left.IdnHost.Equals(right.IdnHost, StringComparison.OrdinalIgnoreCase);
}
