using System.Buffers;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>What a line of the access log tells, whatever its form.</summary>
/// <param name="exchange">The exchange, whose head, if it is complete, is still there.</param>
/// <param name="time">When the exchange ended, as text.</param>
/// <param name="microseconds">Duration of the exchange.</param>
/// <param name="end">Who ended the exchange, and in which phase.</param>
/// <param name="upgrade">Which of the two lines of an upgraded connection this one is.</param>
internal readonly ref struct LogEntry(
    Exchange exchange, ReadOnlySpan<byte> time, long microseconds, ReadOnlySpan<byte> end, UpgradeMark upgrade)
{
    /// <summary>Most bytes of a method; longer ones are cut, as are the values below.</summary>
    public const int MostMethodBytes = 64;

    /// <summary>Most bytes of a host, a path, or a path with its query.</summary>
    /// <remarks>Three of them, each byte escaped to six, fit into a batch together with the shorter values.</remarks>
    public const int MostTargetBytes = 2048;

    /// <summary>Most bytes of the client's name for its program.</summary>
    public const int MostAgentBytes = 512;

    /// <summary>Most bytes of a request's id, and of the names of application and revision.</summary>
    public const int MostNameBytes = 128;

    // An IPv6 address in its longest form, in brackets and with a port.
    private const int MostAddressBytes = 53;

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF.:[]"u8);

    /// <summary>What stands in the place of a secret value.</summary>
    public static ReadOnlySpan<byte> Masked => "***"u8;

    /// <summary>The exchange that the line is about.</summary>
    public Exchange Exchange { get; } = exchange;

    /// <summary>When the exchange ended, as text.</summary>
    public ReadOnlySpan<byte> Time { get; } = time;

    /// <summary>Duration of the exchange in microseconds, from its complete head on.</summary>
    public long Microseconds { get; } = microseconds;

    /// <summary>Who ended the exchange, and in which phase.</summary>
    public ReadOnlySpan<byte> End { get; } = end;

    /// <summary>The word for the line of an upgraded connection; empty for other lines.</summary>
    public ReadOnlySpan<byte> Upgrade => upgrade switch
    {
        UpgradeMark.Open => "open"u8,
        UpgradeMark.Close => "close"u8,
        _ => default,
    };

    /// <summary>
    /// The client's address as the trusted proxy in front of us saw it: the last one in X-Forwarded-For. Empty if the sender
    /// is not trusted, or sent none or something else.
    /// </summary>
    public ReadOnlySpan<byte> ForwardedClient
    {
        get
        {
            var head = Exchange.Client.Request;
            if (!Exchange.Client.IsHeadComplete || !head.Has(HeaderName.XForwardedFor) || !Exchange.IsTrusted)
            {
                return default;
            }

            var last = 0;
            for (var index = head.IndexOf(HeaderName.XForwardedFor); index >= 0; index = head.IndexOf(HeaderName.XForwardedFor, index + 1))
            {
                last = index;
            }

            var value = head.ValueOf(in head.Fields[last]);
            value = value[(value.LastIndexOf((byte)',') + 1)..].Trim((byte)' ');
            return value.Length <= MostAddressBytes && !value.ContainsAnyExcept(AddressBytes) ? value : default;
        }
    }

    /// <summary>
    /// The request's id, from X-Request-ID. From strangers only 1 to 128 visible ASCII characters are taken; a trusted proxy
    /// may send anything, of which the line shows the first bytes. Empty if there is none.
    /// </summary>
    public ReadOnlySpan<byte> RequestId
    {
        get
        {
            var head = Exchange.Client.Request;
            if (!Exchange.Client.IsHeadComplete || !head.Has(HeaderName.XRequestId))
            {
                return default;
            }

            var value = head.ValueOf(HeaderName.XRequestId);
            var isLegal = value.Length <= MostNameBytes && !value.ContainsAnyExceptInRange((byte)'!', (byte)'~');
            return isLegal || Exchange.IsTrusted ? value : default;
        }
    }

    /// <summary>The loop's part of the upstream that was leased last; null without one.</summary>
    public LoopUpstream? Upstream => Exchange.Upstream.Used ?? Exchange.Upstream.Lease.Part;

    /// <summary>The word for what was held in a buffer; empty if nothing was.</summary>
    public ReadOnlySpan<byte> Buffered => (Exchange.Upstream.Body.WasHeld, Exchange.Waiting.WasBuffered) switch
    {
        (true, true) => "both"u8,
        (true, false) => "request"u8,
        (false, true) => "response"u8,
        _ => default,
    };

    /// <summary>The word for the part that peers played; empty if there was none.</summary>
    public ReadOnlySpan<byte> Fallback => Exchange.Fallback switch
    {
        FallbackMark.None => default,
        FallbackMark.Received => "received"u8,
        FallbackMark.Sent => "sent"u8,
        FallbackMark.Failed => "failed"u8,
        _ => "refused"u8,
    };
}
