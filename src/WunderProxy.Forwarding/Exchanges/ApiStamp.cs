using System.Net;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Writes what the manager API is told about a request that came through its front end.</summary>
internal static class ApiStamp
{
    /// <summary>Has headers left out whose names HttpListener refuses, though they are tokens: those with an apostrophe.</summary>
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

    /// <summary>Writes the <c>Wunderproxy-*</c> lines.</summary>
    public static void Write(ref HeadWriter writer, Exchange exchange, ReadOnlySpan<byte> secret)
    {
        writer.Field("Wunderproxy-Secret"u8, secret);
        writer.BeginField("Wunderproxy-Peer"u8);
        if (exchange.Client.PeerAddress is { } address)
        {
            var isV6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            writer.Write(isV6 ? "["u8 : default);
            ForwardedHeaders.WriteAddress(ref writer, address);
            writer.Write(isV6 ? "]:"u8 : ":"u8);
            writer.Number(exchange.Client.Transport.RemoteEndPoint is IPEndPoint peer ? peer.Port : 0);
        }
        else
        {
            writer.Write("unix"u8);
        }

        writer.EndField();
        writer.Field("Wunderproxy-Target"u8, exchange.Request.OriginTarget);
        if (!exchange.Request.EffectiveHost.IsEmpty)
        {
            writer.Field("Wunderproxy-Host"u8, exchange.Request.EffectiveHost);
        }

        writer.Field("Wunderproxy-Scheme"u8, "http"u8);

        if (exchange.Context.Crowd?.IsCrowded(exchange.Client.PeerAddress, exchange.Context.Limit.Served) == true)
        {
            writer.Field("Wunderproxy-Crowded"u8, "1"u8);
        }

        // Asked here, when the head is complete, and for every request anew: a caller that has closed is nobody.
        if (exchange.Client.Transport.FindRemoteUser() is { } user)
        {
            writer.BeginField("Wunderproxy-User"u8);
            writer.Number(user);
            writer.EndField();
        }
    }
}
