using System.Globalization;
using System.Net;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>
/// A line of the access log as one JSON object, by the attribute names of OpenTelemetry where it has some, and else names
/// that begin with <c>wp.</c>; a key that has nothing to say is left out. docs/operations.md lists the keys. Bytes that a
/// client sent are escaped as <c>\u00NN</c> unless they are visible ASCII.
/// </summary>
internal static class JsonLine
{
    private const int FirstServerError = 500;

    /// <summary>Writes the line with its line end.</summary>
    /// <returns>The length of the line; 0 if there was no room, and the bytes written do not count then.</returns>
    public static int Write(in LogEntry entry, Span<byte> destination)
    {
        var line = new LineBuffer(destination);
        line.Raw("{\"timestamp\":\""u8);
        line.Raw(entry.Time);
        if (entry.Exchange.Client.IsHeadComplete)
        {
            WriteRequest(ref line, entry.Exchange);
        }

        WriteIds(ref line, entry);
        WriteClient(ref line, entry);
        WriteOutcome(ref line, entry);
        WriteSource(ref line, entry);
        WriteTimes(ref line, entry.Exchange.Phases);
        WriteMarks(ref line, entry);
        line.Raw("}\n"u8);
        return line.Length;
    }

    private static ReadOnlySpan<byte> Escape => "\\u00"u8;

    // Every method of these, and the next, leaves the value that it wrote last unclosed: the next key begins with the quote.
    private static void WriteRequest(ref LineBuffer line, Exchange exchange)
    {
        var request = exchange.Client.Request;
        line.Raw("\",\"http.request.method\":\""u8);
        if (request.KnownMethod == KnownMethod.Other)
        {
            line.Raw("_OTHER\",\"http.request.method_original\":\""u8);
        }

        line.Escaped(request.Method, Escape, LogEntry.MostMethodBytes);
        WriteHost(ref line, request.EffectiveHost);
        WriteTarget(ref line, request.OriginTarget);
        if (request.Has(HeaderName.UserAgent))
        {
            line.Raw("\",\"user_agent.original\":\""u8);
            line.Escaped(request.ValueOf(HeaderName.UserAgent), Escape, LogEntry.MostAgentBytes);
        }

        line.Raw(request.MinorVersion == 0
            ? "\",\"network.protocol.version\":\"1.0"u8
            : "\",\"network.protocol.version\":\"1.1"u8);
    }

    private static void WriteIds(ref LineBuffer line, in LogEntry entry)
    {
        var exchange = entry.Exchange;
        if (entry.RequestId is { IsEmpty: false } requestId)
        {
            line.Raw("\",\"http.request.id\":\""u8);
            line.Escaped(requestId, Escape, LogEntry.MostNameBytes);
        }

        if (exchange.Trace is { IsNone: false } trace)
        {
            Span<byte> id = stackalloc byte[TraceParent.TraceIdLength];
            trace.WriteTraceId(id);
            line.Raw("\",\"trace_id\":\""u8);
            line.Raw(id);
            if (!exchange.Spans.Context.IsNone)
            {
                id = id[..TraceParent.SpanIdLength];
                trace.WriteSpanId(id);
                line.Raw("\",\"span_id\":\""u8);
                line.Raw(id);
            }
        }
    }

    private static void WriteHost(ref LineBuffer line, ReadOnlySpan<byte> host)
    {
        // Without the port; the colons of an IPv6 address stand before a bracket.
        var colon = host.LastIndexOf((byte)':');
        var hasPort = colon > host.LastIndexOf((byte)']') && colon + 1 < host.Length
            && host[(colon + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
        line.Raw("\",\"server.address\":\""u8);
        line.Escaped(hasPort ? host[..colon] : host, Escape, LogEntry.MostTargetBytes);
        if (hasPort && int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            line.Raw("\",\"server.port\":"u8);
            line.Number(port);
            line.Raw(",\"url.path\":\""u8);
        }
        else
        {
            line.Raw("\",\"url.path\":\""u8);
        }
    }

    private static void WriteTarget(ref LineBuffer line, ReadOnlySpan<byte> target)
    {
        target = target[..Math.Min(target.Length, LogEntry.MostTargetBytes)];
        var query = target.IndexOf((byte)'?');
        var shown = 0;
        if (SecretValues.MayBeIn(target))
        {
            var secrets = new SecretValues(target);
            for (; secrets.MoveNext(); shown = secrets.End)
            {
                Show(ref line, target, shown, secrets.Start, query);
                line.Raw(LogEntry.Masked);
            }
        }

        Show(ref line, target, shown, target.Length, query);
    }

    /// <summary>Writes a part of the target; where the query begins, the key of the query.</summary>
    private static void Show(ref LineBuffer line, ReadOnlySpan<byte> target, int from, int to, int query)
    {
        if (query >= from && query < to)
        {
            line.Escaped(target[from..query], Escape, target.Length);
            line.Raw("\",\"url.query\":\""u8);
            from = query + 1;
        }

        line.Escaped(target[from..to], Escape, target.Length);
    }

    private static void WriteClient(ref LineBuffer line, in LogEntry entry)
    {
        var client = entry.Exchange.Client;
        line.Raw("\",\"url.scheme\":\""u8);
        line.Raw(client.Scheme);
        if (client.Tls is { } tls)
        {
            line.Raw("\",\"tls.protocol.version\":\""u8);
            line.Name(tls.Protocol);
        }

        line.Raw("\",\"client.address\":\""u8);
        if (entry.ForwardedClient is { IsEmpty: false } forwarded)
        {
            line.Raw(forwarded);
        }
        else if (client.Address is { } address)
        {
            line.Address(address);
        }
        else
        {
            line.Raw("unix"u8);
        }

        if (client.RemoteEndPoint is IPEndPoint remote)
        {
            line.Raw("\",\"network.peer.address\":\""u8);
            line.Address(remote.Address);
            line.Raw("\",\"network.peer.port\":"u8);
            line.Number(remote.Port);
            line.Raw(","u8);
        }
        else
        {
            line.Raw("\","u8);
        }
    }

    private static void WriteOutcome(ref LineBuffer line, in LogEntry entry)
    {
        var exchange = entry.Exchange;
        line.Raw("\"http.response.status_code\":"u8);
        line.Number(exchange.Status);
        line.Raw(",\"http.request.body.size\":"u8);
        line.Number(exchange.Upstream.Body.TakenBytes);
        line.Raw(",\"http.response.body.size\":"u8);
        line.Number(exchange.Down.PassedBytes);
        line.Raw(",\"wp.bytes_in\":"u8);
        line.Number(exchange.BytesIn);
        line.Raw(",\"wp.bytes_out\":"u8);
        line.Number(exchange.BytesOut);
        line.Raw(",\"duration\":"u8);
        line.Seconds(entry.Microseconds);
        if (exchange.Error != ForwardError.None)
        {
            line.Raw(",\"error.type\":\""u8);
            line.Name(exchange.Error.ToString());
            if (exchange.Reason is { } reason)
            {
                line.Raw("\",\"wp.reason\":\""u8);
                line.Name(reason);
            }

            line.Raw("\""u8);
        }
        else if (exchange.Status >= FirstServerError)
        {
            // As the conventions of OpenTelemetry have it: the application's own errors are told by their status.
            line.Raw(",\"error.type\":\""u8);
            line.Number(exchange.Status);
            line.Raw("\""u8);
        }

        line.Raw(",\"wp.end\":\""u8);
        line.Raw(entry.End);
        line.Raw("\""u8);
    }

    private static void WriteSource(ref LineBuffer line, in LogEntry entry)
    {
        var side = entry.Exchange.Upstream;
        if (side.Application is { Name.IsEmpty: false } application)
        {
            line.Raw(",\"wp.app\":\""u8);
            line.Escaped(application.Name, Escape, LogEntry.MostNameBytes);
            line.Raw("\""u8);
        }

        if (entry.Upstream is not { } used)
        {
            return;
        }

        if (used.Upstream.RevisionBytes is { Length: > 0 } revision)
        {
            line.Raw(",\"wp.revision\":\""u8);
            line.Escaped(revision, Escape, LogEntry.MostNameBytes);
            line.Raw("\",\"wp.config\":\""u8);
            line.Name(used.Upstream.Label);
            line.Raw("\",\"wp.epoch\":"u8);
            line.Number(side.Epoch);
        }

        line.Raw(",\"wp.upstream\":\""u8);
        line.Escaped(side.Endpoint!.HostValue, Escape, LogEntry.MostTargetBytes);
        line.Raw("\""u8);
    }

    private static void WriteTimes(ref LineBuffer line, ExchangePhases phases)
    {
        Time(ref line, ",\"wp.t.header\":"u8, phases.Header);
        Time(ref line, ",\"wp.t.buffer\":"u8, phases.Buffer);
        Time(ref line, ",\"wp.t.queue\":"u8, phases.Queue);
        Time(ref line, ",\"wp.t.connect\":"u8, phases.Connect);
        Time(ref line, ",\"wp.t.ttfb\":"u8, phases.FirstByte);
        Time(ref line, ",\"wp.t.upstream\":"u8, phases.Upstream);
        Time(ref line, ",\"wp.t.client\":"u8, phases.Client);
    }

    private static void WriteMarks(ref LineBuffer line, in LogEntry entry)
    {
        var side = entry.Exchange.Upstream;
        if (side.Retries > 0)
        {
            line.Raw(",\"wp.retries\":"u8);
            line.Number(side.Retries);
        }

        if (side.IsReused)
        {
            line.Raw(",\"wp.reused\":true"u8);
        }

        Word(ref line, ",\"wp.fallback\":\""u8, entry.Fallback);
        Word(ref line, ",\"wp.buffered\":\""u8, entry.Buffered);
        Word(ref line, ",\"wp.upgrade\":\""u8, entry.Upgrade);
        if (entry.Exchange.Tunnel is not null && entry.Exchange.Down.CloseCode > 0)
        {
            line.Raw(",\"wp.close_code\":"u8);
            line.Number(entry.Exchange.Down.CloseCode);
        }
    }

    private static void Word(ref LineBuffer line, ReadOnlySpan<byte> key, ReadOnlySpan<byte> word)
    {
        if (!word.IsEmpty)
        {
            line.Raw(key);
            line.Raw(word);
            line.Raw("\""u8);
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
