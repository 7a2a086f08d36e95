using System.Text;

namespace WunderProxy.Forwarding.Http1;

/// <summary>Applies Connection and Upgrade to a complete head (RFC 9110 sections 7.6.1 and 7.8).</summary>
internal static class ConnectionFields
{
    /// <summary>Each name costs a walk over all lines, so their number is bounded.</summary>
    public const int MaxNominations = 32;

    /// <summary>
    /// Reads the options, marks the lines that they name as hop-by-hop, and judges Upgrade.
    /// </summary>
    /// <returns>False if more than <see cref="MaxNominations"/> headers are named.</returns>
    public static bool Apply(MessageHead head)
    {
        var options = ConnectionOptions.None;
        int nominations = 0;
        for (int at = head.IndexOf(HeaderName.Connection); at >= 0; at = head.IndexOf(HeaderName.Connection, at + 1))
        {
            var elements = new ListValue(head.ValueOf(head.Fields[at]));
            while (elements.MoveNext())
            {
                ConnectionOptions option = FindOption(elements.Current);
                options |= option;
                if (option == ConnectionOptions.None && ++nominations > MaxNominations)
                {
                    return false;
                }

                Nominate(head, elements.Current);
            }
        }

        bool isH2c = IsH2c(head);
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

    private static void Nominate(MessageHead head, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<HeaderField> fields = head.Fields;
        for (int index = 0; index < fields.Length; index++)
        {
            if (fields[index].NameLength == name.Length && !IsProtected(fields[index].Known)
                && Ascii.EqualsIgnoreCase(head.NameOf(in fields[index]), name))
            {
                head.MarkHopByHop(index);
            }
        }
    }

    // A sender must not name these (they are for every recipient); taking them away would change framing or routing.
    private static bool IsProtected(HeaderName name) =>
        name is HeaderName.Host or HeaderName.ContentLength or HeaderName.TransferEncoding;

    private static bool IsH2c(MessageHead head)
    {
        for (int at = head.IndexOf(HeaderName.Upgrade); at >= 0; at = head.IndexOf(HeaderName.Upgrade, at + 1))
        {
            var protocols = new ListValue(head.ValueOf(head.Fields[at]));
            while (protocols.MoveNext())
            {
                ReadOnlySpan<byte> protocol = protocols.Current;
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
        int count = 0;
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

    // protocol-name [ "/" protocol-version ], both tokens.
    private static bool IsProtocol(ReadOnlySpan<byte> protocol)
    {
        int slash = protocol.IndexOf((byte)'/');
        return slash < 0
            ? Grammar.IsToken(protocol)
            : Grammar.IsToken(protocol[..slash]) && Grammar.IsToken(protocol[(slash + 1)..]);
    }
}
