using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>
/// Reads and writes the header by which instances recognise requests from their peers. One object for each loop.
/// </summary>
internal sealed class FallbackHeaders(PeerGroup group)
{
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>Decides whether a received request comes from a peer.</summary>
    /// <returns>Whether a peer sent the request; a header that is not believed makes nobody trusted.</returns>
    public bool IsFromPeer(ClientStream client)
    {
        var verdict = Judge(client.Request);
        group.OnJudged(verdict, client.Address);
        return verdict == FallbackVerdict.Valid;
    }

    /// <summary>
    /// Writes the header line for the peer to which a request is being sent; each attempt gets a new one.
    /// </summary>
    /// <param name="writer">The writer of the request head.</param>
    /// <param name="client">The request.</param>
    /// <param name="host">The Host line that the peer gets.</param>
    /// <param name="isTrusted">Whether the sender's forwarding headers are believed.</param>
    public void Write(ref HeadWriter writer, ClientStream client, ReadOnlySpan<byte> host, bool isTrusted)
    {
        Span<byte> random = stackalloc byte[FallbackHeader.IdDigits / 2];
        Span<byte> id = stackalloc byte[FallbackHeader.IdDigits];
        Span<byte> mac = stackalloc byte[FallbackSignature.HexDigits];
        RandomNumberGenerator.Fill(random);
        var isWritten = Convert.TryToHexStringLower(random, id, out _);
        Debug.Assert(isWritten, "there is room for all digits");
        var seconds = group.UnixSeconds;
        _text.ResetWrittenCount();
        FallbackText.WriteOutgoing(_text, client, host, isTrusted, seconds, id);
        FallbackSignature.Sign(group.Key, _text.WrittenSpan, mac);
        writer.BeginField(HeaderNames.Spelling(HeaderName.WunderproxyFallback));
        FallbackHeader.Write(ref writer, seconds, id, mac);
        writer.EndField();
    }

    private FallbackVerdict Judge(RequestHead head)
    {
        if (head.Count(HeaderName.WunderproxyFallback) != 1
            || !FallbackHeader.TryParse(head.ValueOf(HeaderName.WunderproxyFallback), out var header))
        {
            return FallbackVerdict.Malformed;
        }

        _text.ResetWrittenCount();
        FallbackText.WriteIncoming(_text, head, header.Time, header.IdText);
        return group.Judge(header, _text.WrittenSpan);
    }
}
