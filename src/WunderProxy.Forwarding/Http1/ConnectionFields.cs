using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Applies the Connection and Upgrade headers of a complete head (RFC 9110 sections 7.6.1 and 7.8).</summary>
internal static class ConnectionFields
{
    /// <summary>Largest number of headers that Connection may name; each costs a search through all lines.</summary>
    public const int MaxNominations = 32;

    /// <summary>
    /// Reads the connection options, flags the headers that Connection names and may remove as
    /// <see cref="HeaderFlags.Nominated"/>, and evaluates Upgrade.
    /// </summary>
    /// <returns>False if more than <see cref="MaxNominations"/> headers are named.</returns>
    public static bool Apply(MessageHead head)
    {
        var options = ConnectionOptions.None;
        var nominations = 0;
        for (var at = head.IndexOf(HeaderName.Connection); at >= 0; at = head.IndexOf(HeaderName.Connection, at + 1))
        {
            var elements = new ListValue(head.ValueOf(head.Fields[at]));
            while (elements.MoveNext())
            {
                var option = FindOption(elements.Current);
                options |= option;
                if (option == ConnectionOptions.None && ++nominations > MaxNominations)
                {
                    return false;
                }

                Nominate(head, elements.Current);
            }
        }

        var isH2c = IsH2c(head);
        head.SetConnection(options, !isH2c && OffersUpgrade(head, options), isH2c);
        return true;
    }

    private static ConnectionOptions FindOption(ReadOnlySpan<byte> option) => option.Length switch
    {
        5 when Ascii.EqualsIgnoreCase(option, "close"u8) => ConnectionOptions.Close,
        7 when Ascii.EqualsIgnoreCase(option, "upgrade"u8) => ConnectionOptions.Upgrade,
        10 when Ascii.EqualsIgnoreCase(option, "keep-alive"u8) => ConnectionOptions.KeepAlive,
        _ => ConnectionOptions.None,
    };

    /// <summary>
    /// Whether the Connection header of this head names the header and may remove it; used for trailers (RFC 9110
    /// section 7.6.1).
    /// </summary>
    public static bool Nominates(MessageHead head, HeaderName known, ReadOnlySpan<byte> name)
    {
        if (!head.Has(HeaderName.Connection) || !MayNominate(head, known, name))
        {
            return false;
        }

        for (var at = head.IndexOf(HeaderName.Connection); at >= 0; at = head.IndexOf(HeaderName.Connection, at + 1))
        {
            var elements = new ListValue(head.ValueOf(head.Fields[at]));
            while (elements.MoveNext())
            {
                if (Ascii.EqualsIgnoreCase(elements.Current, name))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void Nominate(MessageHead head, ReadOnlySpan<byte> name)
    {
        var fields = head.Fields;
        for (var index = 0; index < fields.Length; index++)
        {
            if (fields[index].NameLength == name.Length && Ascii.EqualsIgnoreCase(head.NameOf(in fields[index]), name)
                && MayNominate(head, fields[index].Known, name))
            {
                head.Mark(index, HeaderFlags.Nominated);
            }
        }
    }

    // Connection removes the headers that it names (RFC 9110 section 7.6.1), except those on which a rule of this
    // proxy, or of a proxy before it, depends. In a response the application decides alone: what it says about the
    // proxy is meant for the client.
    private static bool MayNominate(MessageHead head, HeaderName known, ReadOnlySpan<byte> name) => known switch
    {
        HeaderName.Unknown => !ClientEvidence.IsName(name),
        HeaderName.Host or HeaderName.Via or HeaderName.Origin or HeaderName.Referer or HeaderName.SecFetchSite
            or HeaderName.XRequestId or HeaderName.Expect or HeaderName.MaxForwards or HeaderName.Traceparent
            or HeaderName.Tracestate => false,
        _ => head is RequestHead && HeaderNames.FlagsOf(known) == HeaderFlags.None,
    };

    private static bool IsH2c(MessageHead head)
    {
        for (var at = head.IndexOf(HeaderName.Upgrade); at >= 0; at = head.IndexOf(HeaderName.Upgrade, at + 1))
        {
            var protocols = new ListValue(head.ValueOf(head.Fields[at]));
            while (protocols.MoveNext())
            {
                var protocol = protocols.Current;
                if (protocol.Length >= 3 && Ascii.EqualsIgnoreCase(protocol[..3], "h2c"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool OffersUpgrade(MessageHead head, ConnectionOptions options)
    {
        if ((options & ConnectionOptions.Upgrade) == ConnectionOptions.None || head.MinorVersion < 1 || head.Count(HeaderName.Upgrade) != 1)
        {
            return false;
        }

        var protocols = new ListValue(head.Upgrade);
        var count = 0;
        while (protocols.MoveNext())
        {
            count++;
            if (!IsProtocol(protocols.Current))
            {
                return false;
            }
        }

        return count > 0;
    }

    // Checks protocol-name [ "/" protocol-version ], both of which are tokens.
    private static bool IsProtocol(ReadOnlySpan<byte> protocol)
    {
        var slash = protocol.IndexOf((byte)'/');
        return slash < 0
            ? Grammar.IsToken(protocol)
            : Grammar.IsToken(protocol[..slash]) && Grammar.IsToken(protocol[(slash + 1)..]);
    }
}
