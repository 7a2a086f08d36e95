using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Spelling, lookup and fixed properties of the names in <see cref="HeaderName"/>.</summary>
internal static class HeaderNames
{
    private const int LongestName = 25;
    private const int MaxConfusableLength = 64;

    private static readonly byte[][] Spellings = CreateSpellings();
    private static readonly HeaderName[][] ByLength = CreateLengthTable();

    /// <summary>
    /// Returns the usual spelling, for heads that the proxy writes; empty for families of names and for unknown names.
    /// </summary>
    public static ReadOnlySpan<byte> Spelling(HeaderName name) => Spellings[(int)name];

    /// <summary>
    /// Returns the known name with these letters; upper and lower case are equal (RFC 9110 section 5.1).
    /// </summary>
    public static HeaderName Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return HeaderName.Unknown;
        }

        var first = name[0] | 0x20;
        if (name.Length <= LongestName)
        {
            foreach (var candidate in ByLength[name.Length])
            {
                var spelling = Spellings[(int)candidate];
                if ((spelling[0] | 0x20) == first && Ascii.EqualsIgnoreCase(name, spelling))
                {
                    return candidate;
                }
            }
        }

        return first is 'x' or 'w' ? FindFamily(name) : HeaderName.Unknown;
    }

    /// <summary>Returns how a forwarder treats a header of this name, whatever Connection says.</summary>
    public static HeaderFlags FlagsOf(HeaderName name) => name switch
    {
        HeaderName.Connection or HeaderName.KeepAlive or HeaderName.ProxyConnection or HeaderName.TE
            or HeaderName.Upgrade or HeaderName.Http2Settings or HeaderName.ProxyAuthenticate
            or HeaderName.ProxyAuthorization or HeaderName.ProxyAuthenticationInfo => HeaderFlags.HopByHop,
        HeaderName.Forwarded or HeaderName.XForwardedFor or HeaderName.XForwardedHost or HeaderName.XForwardedProto
            or HeaderName.XForwardedOther or HeaderName.XRealIp => HeaderFlags.Forwarding,
        HeaderName.WunderproxyFallback or HeaderName.WunderproxyOther => HeaderFlags.Internal,
        HeaderName.ContentLength or HeaderName.TransferEncoding => HeaderFlags.Framing,
        _ => HeaderFlags.None,
    };

    /// <summary>
    /// Returns <see cref="HeaderFlags.Confusable"/> if an unknown name becomes one about which the proxy has a rule
    /// once "_" is read as "-", or becomes the variable HTTP_PROXY in a CGI-style application.
    /// </summary>
    public static HeaderFlags ConfusableFlag(ReadOnlySpan<byte> name)
    {
        if (!name.Contains((byte)'_') || name.Length > MaxConfusableLength)
        {
            return Ascii.EqualsIgnoreCase(name, "Proxy"u8) ? HeaderFlags.Confusable : HeaderFlags.None;
        }

        Span<byte> hyphened = stackalloc byte[MaxConfusableLength];
        hyphened = hyphened[..name.Length];
        name.Replace(hyphened, (byte)'_', (byte)'-');
        var known = Find(hyphened);
        var matters = known is HeaderName.Host or HeaderName.MaxForwards || FlagsOf(known) != HeaderFlags.None;
        return matters ? HeaderFlags.Confusable : HeaderFlags.None;
    }

    private static HeaderName FindFamily(ReadOnlySpan<byte> name)
    {
        if (StartsWith(name, "X-Forwarded-"u8))
        {
            return HeaderName.XForwardedOther;
        }

        return StartsWith(name, "Wunderproxy-"u8) ? HeaderName.WunderproxyOther : HeaderName.Unknown;
    }

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) =>
        name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix);

    private static HeaderName[][] CreateLengthTable()
    {
        var table = new HeaderName[LongestName + 1][];
        for (var length = 0; length < table.Length; length++)
        {
            table[length] = [.. Enum.GetValues<HeaderName>().Where(name => length > 0 && Spellings[(int)name].Length == length)];
        }

        return table;
    }

    private static byte[][] CreateSpellings()
    {
        var names = Enum.GetValues<HeaderName>();
        var spellings = new byte[names.Length][];
        foreach (var name in names)
        {
            spellings[(int)name] = Encoding.ASCII.GetBytes(Spell(name));
        }

        return spellings;
    }

    private static string Spell(HeaderName name) => name switch
    {
        HeaderName.Unknown or HeaderName.XForwardedOther or HeaderName.WunderproxyOther => "",
        HeaderName.ETag => "ETag",
        HeaderName.Http2Settings => "HTTP2-Settings",
        HeaderName.TE => "TE",
        HeaderName.Traceparent => "traceparent",
        HeaderName.Tracestate => "tracestate",
        HeaderName.WwwAuthenticate => "WWW-Authenticate",
        HeaderName.XRealIp => "X-Real-IP",
        HeaderName.XRequestId => "X-Request-ID",
        _ => Hyphenate(name.ToString()),
    };

    // The spelling is the enum value with a hyphen before each capital but the first; exceptions are listed above.
    private static string Hyphenate(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            text.Append(char.IsAsciiLetterUpper(letter) && text.Length > 0 ? "-" : "").Append(letter);
        }

        return text.ToString();
    }
}
