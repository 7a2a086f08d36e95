using System.Globalization;
using System.Text;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>Says where a request in plain text is redirected: to the same host and target with <c>https</c>.</summary>
internal static class HttpsRedirect
{
    /// <summary>Permanent Redirect, which keeps method and body (RFC 9110 section 15.4.9).</summary>
    public const int Status = 308;

    private const int UsualPort = 443;

    /// <summary>Whether the request names a host; without one there is no place to redirect to.</summary>
    public static bool IsPossibleFor(RequestHead request) => !NameOf(request.EffectiveHost).IsEmpty;

    /// <summary>Returns the value of the Location line.</summary>
    /// <param name="request">A request with a host, whose grammar has been checked.</param>
    /// <param name="port">The port where TLS is spoken; left out if it is 443.</param>
    public static byte[] LocationOf(RequestHead request, int port)
    {
        var text = port == UsualPort ? string.Empty : ":" + port.ToString(CultureInfo.InvariantCulture);
        var target = request.OriginTarget;

        // The asterisk of OPTIONS stands for the whole server, which a URL writes without a path.
        return
        [
            .. "https://"u8, .. NameOf(request.EffectiveHost), .. Encoding.ASCII.GetBytes(text),
            .. target.SequenceEqual("*"u8) ? "/"u8 : target,
        ];
    }

    /// <summary>Returns a host without its port; an IPv6 address keeps its brackets (RFC 3986 section 3.2.2).</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> host)
    {
        var end = host.LastIndexOf((byte)':');
        return end > host.LastIndexOf((byte)']') ? host[..end] : host;
    }
}
