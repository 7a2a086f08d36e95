using System.Net;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>
/// A line of the access log as <c>key=value</c> pairs, separated by blanks; a key that has nothing to say is left out.
/// docs/operations.md lists the keys. Programs read the keys up to <c>reason</c> by their order, so new ones are added at the
/// end. Bytes that a client sent are escaped as <c>\xNN</c>.
/// </summary>
internal static class TextLine
{
    /// <summary>Writes the line with its line end.</summary>
    /// <returns>The length of the line; 0 if there was no room, and the bytes written do not count then.</returns>
    public static int Write(in LogEntry entry, Span<byte> destination)
    {
        var line = new LineBuffer(destination);
        WriteRequest(ref line, entry);
        WriteOutcome(ref line, entry);
        WriteSource(ref line, entry);
        WriteTimes(ref line, entry.Exchange.Phases);
        WriteMarks(ref line, entry);
        line.Raw("\n"u8);
        return line.Length;
    }

    private static void WriteRequest(ref LineBuffer line, in LogEntry entry)
    {
        var client = entry.Exchange.Client;
        line.Raw("time="u8);
        line.Raw(entry.Time);
        line.Raw(" client="u8);
        Address(ref line, client.Address);
        if (client.IsHeadComplete)
        {
            var request = client.Request;
            line.Raw(" method="u8);
            line.Escaped(request.Method, Escape, LogEntry.MostMethodBytes);
            line.Raw(" host="u8);
            Value(ref line, request.EffectiveHost, LogEntry.MostTargetBytes);
            line.Raw(" path="u8);
            Target(ref line, request.OriginTarget);
        }

        if (client.Tls is { } tls)
        {
            line.Raw(" scheme=https tls="u8);
            line.Name(tls.Protocol);
        }
    }

    private static void WriteOutcome(ref LineBuffer line, in LogEntry entry)
    {
        var exchange = entry.Exchange;
        line.Raw(" status="u8);
        line.Number(exchange.Status);
        line.Raw(" bytes="u8);
        line.Number(exchange.BytesOut);
        line.Raw(" duration="u8);
        line.Seconds(entry.Microseconds);
        if (entry.Upstream is not null)
        {
            line.Raw(" upstream="u8);
            line.Escaped(exchange.Upstream.Endpoint!.HostValue, Escape, LogEntry.MostTargetBytes);
        }

        Word(ref line, " fallback="u8, entry.Fallback);
        if (exchange.Error != ForwardError.None)
        {
            line.Raw(" error="u8);
            line.Name(exchange.Error.ToString());
            if (exchange.Reason is { } reason)
            {
                line.Raw(" reason="u8);
                line.Name(reason);
            }
        }

        line.Raw(" end="u8);
        line.Raw(entry.End);
        line.Raw(" bytes_in="u8);
        line.Number(exchange.BytesIn);
    }

    private static void WriteSource(ref LineBuffer line, in LogEntry entry)
    {
        if (entry.Exchange.Upstream.Application is { Name.IsEmpty: false } application)
        {
            line.Raw(" app="u8);
            line.Escaped(application.Name, Escape, LogEntry.MostNameBytes);
        }

        if (entry.Upstream is { Upstream.RevisionBytes: { Length: > 0 } revision })
        {
            line.Raw(" revision="u8);
            line.Escaped(revision, Escape, LogEntry.MostNameBytes);
        }
    }

    private static void WriteTimes(ref LineBuffer line, ExchangePhases phases)
    {
        Time(ref line, " header_ms="u8, phases.Header);
        Time(ref line, " buffer_ms="u8, phases.Buffer);
        Time(ref line, " queue_ms="u8, phases.Queue);
        Time(ref line, " connect_ms="u8, phases.Connect);
        Time(ref line, " ttfb_ms="u8, phases.FirstByte);
        Time(ref line, " upstream_ms="u8, phases.Upstream);
        Time(ref line, " client_ms="u8, phases.Client);
    }

    private static void WriteMarks(ref LineBuffer line, in LogEntry entry)
    {
        var exchange = entry.Exchange;
        if (exchange.Upstream.Retries > 0)
        {
            line.Raw(" retries="u8);
            line.Number(exchange.Upstream.Retries);
        }

        Word(ref line, " reused="u8, exchange.Upstream.IsReused ? "yes"u8 : default);
        Word(ref line, " buffered="u8, entry.Buffered);
        Word(ref line, " upgrade="u8, entry.Upgrade);
        if (exchange.Tunnel is not null && exchange.Down.CloseCode > 0)
        {
            line.Raw(" close_code="u8);
            line.Number(exchange.Down.CloseCode);
        }

        Word(ref line, " forwarded_for="u8, entry.ForwardedClient);
        if (entry.RequestId is { IsEmpty: false } requestId)
        {
            line.Raw(" request_id="u8);
            line.Escaped(requestId, Escape, LogEntry.MostNameBytes);
        }

        if (exchange.Trace is { IsNone: false } trace)
        {
            Span<byte> id = stackalloc byte[TraceParent.TraceIdLength];
            trace.WriteTraceId(id);
            line.Raw(" trace="u8);
            line.Raw(id);
        }
    }

    private static ReadOnlySpan<byte> Escape => "\\x"u8;

    private static void Address(ref LineBuffer line, IPAddress? address)
    {
        if (address is null)
        {
            line.Raw("unix"u8);
        }
        else
        {
            line.Address(address);
        }
    }

    private static void Value(ref LineBuffer line, ReadOnlySpan<byte> value, int mostBytes)
    {
        if (value.IsEmpty)
        {
            line.Raw("-"u8);
        }
        else
        {
            line.Escaped(value, Escape, mostBytes);
        }
    }

    private static void Target(ref LineBuffer line, ReadOnlySpan<byte> target)
    {
        target = target[..Math.Min(target.Length, LogEntry.MostTargetBytes)];
        var shown = 0;
        if (SecretValues.MayBeIn(target))
        {
            var secrets = new SecretValues(target);
            for (; secrets.MoveNext(); shown = secrets.End)
            {
                line.Escaped(target[shown..secrets.Start], Escape, target.Length);
                line.Raw(LogEntry.Masked);
            }
        }

        line.Escaped(target[shown..], Escape, target.Length);
    }

    private static void Word(ref LineBuffer line, ReadOnlySpan<byte> key, ReadOnlySpan<byte> word)
    {
        if (!word.IsEmpty)
        {
            line.Raw(key);
            line.Raw(word);
        }
    }

    private static void Time(ref LineBuffer line, ReadOnlySpan<byte> key, long microseconds)
    {
        if (microseconds > 0)
        {
            line.Raw(key);
            line.Milliseconds(microseconds);
        }
    }
}
