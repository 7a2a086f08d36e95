using System.Diagnostics;
using System.Net;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Tells the application who its client is, by X-Forwarded-For, -Proto and -Host.</summary>
internal static class ForwardedHeaders
{
    /// <summary>Longest text of an address in bytes: IPv6 with an embedded IPv4 address and a scope.</summary>
    private const int MaxAddressBytes = 65;

    /// <summary>
    /// Writes the lines that the request lacks, and X-Forwarded-For with the remote end's address appended. The caller
    /// copies the request's own forwarding lines, except X-Forwarded-For, if the remote end is a trusted proxy, and
    /// none otherwise.
    /// </summary>
    public static void Write(ref HeadWriter writer, ClientStream client, bool isTrusted)
    {
        WriteFor(ref writer, client, isTrusted);
        if (!isTrusted || !client.Request.Has(HeaderName.XForwardedProto))
        {
            writer.Field(HeaderName.XForwardedProto, client.Scheme);
        }

        var host = client.Request.EffectiveHost;
        if (!host.IsEmpty && (!isTrusted || !client.Request.Has(HeaderName.XForwardedHost)))
        {
            writer.Field(HeaderName.XForwardedHost, host);
        }
    }

    /// <summary>
    /// Writes the value of the X-Forwarded-For line. Several lines count as one, joined in their order (RFC 9110
    /// section 5.3). A remote end on a unix socket has no address to append.
    /// </summary>
    public static void WriteForValue(ref HeadWriter writer, ClientStream client, bool isTrusted)
    {
        var isFirst = true;
        if (isTrusted)
        {
            WriteLines(ref writer, client.Request, HeaderName.XForwardedFor, withEmpty: false, ref isFirst);
        }

        if (client.Address is { } address)
        {
            writer.Write(isFirst ? default : ", "u8);
            WriteAddress(ref writer, address);
        }
    }

    /// <summary>
    /// Writes the values of the forwarded X-Forwarded-Proto lines, joined, or of the one that is added.
    /// </summary>
    public static void WriteProtoValue(ref HeadWriter writer, ClientStream client, bool isTrusted)
    {
        if (isTrusted && client.Request.Has(HeaderName.XForwardedProto))
        {
            var isFirst = true;
            WriteLines(ref writer, client.Request, HeaderName.XForwardedProto, withEmpty: true, ref isFirst);
        }
        else
        {
            writer.Write(client.Scheme);
        }
    }

    /// <summary>Writes an address as text, without a scope.</summary>
    public static void WriteAddress(ref HeadWriter writer, IPAddress address)
    {
        Span<byte> text = stackalloc byte[MaxAddressBytes];
        var fits = address.TryFormat(text, out var length);
        Debug.Assert(fits, "room was made for the longest");
        var scope = text[..length].IndexOf((byte)'%');
        writer.Write(text[..(scope < 0 ? length : scope)]);
    }

    private static void WriteFor(ref HeadWriter writer, ClientStream client, bool isTrusted)
    {
        if (client.Address is not null || (isTrusted && client.Request.Has(HeaderName.XForwardedFor)))
        {
            writer.BeginField(HeaderNames.Spelling(HeaderName.XForwardedFor));
            WriteForValue(ref writer, client, isTrusted);
            writer.EndField();
        }
    }

    private static void WriteLines(ref HeadWriter writer, RequestHead head, HeaderName name, bool withEmpty, ref bool isFirst)
    {
        for (var index = head.IndexOf(name); index >= 0; index = head.IndexOf(name, index + 1))
        {
            ref readonly var field = ref head.Fields[index];
            if (field.ValueLength == 0 && !withEmpty)
            {
                continue;
            }

            writer.Write(isFirst ? default : ", "u8);
            writer.Write(head.ValueOf(in field));
            isFirst = false;
        }
    }
}
