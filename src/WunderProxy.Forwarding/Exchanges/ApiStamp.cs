using System.Net;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Writes what the manager API is told about a request that came through its front end.</summary>
internal static class ApiStamp
{
    /// <summary>
    /// Marks headers to be left out whose names HttpListener refuses although they are tokens: those with an
    /// apostrophe.
    /// </summary>
    public static void LeaveOutUnreadable(RequestHead head)
    {
        for (var index = 0; index < head.Fields.Length; index++)
        {
            if (head.NameOf(in head.Fields[index]).Contains((byte)'\''))
            {
                head.Mark(index, HeaderFlags.HopByHop);
            }
        }
    }

    /// <summary>Writes the <c>Wunderproxy-*</c> header lines.</summary>
    public static void Write(ref HeadWriter writer, ClientStream client, ReadOnlySpan<byte> secret, bool isCrowded)
    {
        writer.Field("Wunderproxy-Secret"u8, secret);
        writer.BeginField("Wunderproxy-Caller"u8);
        if (client.Address is { } address)
        {
            var isV6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            writer.Write(isV6 ? "["u8 : default);
            ForwardedHeaders.WriteAddress(ref writer, address);
            writer.Write(isV6 ? "]:"u8 : ":"u8);
            writer.Number(client.RemoteEndPoint is IPEndPoint remote ? remote.Port : 0);
        }
        else
        {
            writer.Write("unix"u8);
        }

        writer.EndField();
        writer.Field("Wunderproxy-Target"u8, client.Request.OriginTarget);
        if (!client.Request.EffectiveHost.IsEmpty)
        {
            writer.Field("Wunderproxy-Host"u8, client.Request.EffectiveHost);
        }

        writer.Field("Wunderproxy-Scheme"u8, client.Scheme);
        if (isCrowded)
        {
            writer.Field("Wunderproxy-Crowded"u8, "1"u8);
        }

        // Asked when the head is complete, and again for every request: a caller that has closed its connection has no
        // user.
        if (client.FindRemoteUser() is { } user)
        {
            writer.BeginField("Wunderproxy-User"u8);
            writer.Number(user);
            writer.EndField();
        }
    }
}
