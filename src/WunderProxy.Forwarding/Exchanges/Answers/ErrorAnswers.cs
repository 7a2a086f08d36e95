using System.Runtime.CompilerServices;
using System.Text;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>Writes the answers that the proxy makes itself, and says what becomes of the connection then.</summary>
internal static class ErrorAnswers
{
    /// <summary>Answers an exchange that failed, if it still can be answered.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public static async ValueTask<ConnectionFate> AnswerAsync(Exchange exchange, ForwardResult result)
    {
        if (exchange.IsResponseStarted || result.Error is ForwardError.ClientGone or ForwardError.ResponseStalled)
        {
            exchange.Status = exchange.IsResponseStarted ? exchange.Status : ErrorResponses.ClientClosedRequest;
            return ConnectionFate.Abort;
        }

        return await WriteAsync(exchange, ErrorResponses.For(result.Error), result.Side != Side.Downstream);
    }

    /// <summary>Writes an answer.</summary>
    /// <param name="exchange">What is answered.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="mayReuse">Whether the connection may go on, if the request has been read to its end.</param>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public static async ValueTask<ConnectionFate> WriteAsync(Exchange exchange, ErrorAnswer answer, bool mayReuse)
    {
        exchange.KeepsClient = mayReuse && KeepsClient(exchange);
        exchange.Status = answer.Status;
        exchange.IsResponseStarted = true;
        WriteError(exchange, answer);
        return await FlushAsync(exchange);
    }

    /// <summary>Answers OPTIONS for ourselves.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public static async ValueTask<ConnectionFate> WriteOptionsAsync(Exchange exchange)
    {
        exchange.KeepsClient = KeepsClient(exchange);
        exchange.Status = 200;
        exchange.IsResponseStarted = true;
        WriteOptions(exchange);
        return await FlushAsync(exchange);
    }

    /// <summary>Answers a connection that is one too many, whatever it asks.</summary>
    public static ConnectionFate RefuseConnection(DownstreamConnection client, LoopContext context)
    {
        context.Settings.Log.Refused(client);
        var answer = ErrorResponses.For(ForwardError.TooManyConnections);
        var asJson = context.Settings.StampSecret is not null;
        var body = BodyOf(context, answer, nameof(ForwardError.TooManyConnections), asJson);
        var writer = new HeadWriter(client.Transport.Output);
        WriteHead(ref writer, context, answer, body.Length, asJson);
        writer.Field(HeaderName.Connection, "close"u8);
        writer.End();
        writer.Write(body.Span);
        writer.Flush();

        // It fits into the socket of a fresh connection; what comes of it is not worth a wait.
        var flushing = client.Transport.Output.FlushAsync();
        if (flushing is not { IsCompletedSuccessfully: true, Result.IsCompleted: false })
        {
            return ConnectionFate.Abort;
        }

        // Without a linger a client that is still sending may lose its answer; with one it may keep a descriptor for
        // seconds, and a crowd of such clients would keep those for whom there is room waiting.
        return context.Limit.MayLinger ? ConnectionFate.Linger : ConnectionFate.Close;
    }

    /// <summary>Answers 500 to an exchange in which something of ours has failed, and does not wait for it to be sent.</summary>
    /// <returns>Whether all of it was taken.</returns>
    public static bool WriteInternalError(Exchange exchange)
    {
        exchange.KeepsClient = false;
        exchange.Error = ForwardError.InternalError;
        var answer = ErrorResponses.For(ForwardError.InternalError);
        exchange.Status = answer.Status;
        exchange.IsResponseStarted = true;
        WriteError(exchange, answer);
        var flushing = exchange.Client.Transport.Output.FlushAsync();
        return flushing is { IsCompletedSuccessfully: true, Result.IsCompleted: false };
    }

    private static bool KeepsClient(Exchange exchange) =>
        exchange.Request.KeepAlive
        && (exchange.IsRequestSent || !exchange.RequestFraming.HasBody)
        && !exchange.IsStopped
        && !exchange.Context.Settings.IsShuttingDown;

    private static void WriteError(Exchange exchange, ErrorAnswer answer)
    {
        var output = exchange.Client.Transport.Output;
        var before = output.UnflushedBytes;
        var asJson = exchange.Context.Settings.StampSecret is not null || PrefersJson(exchange.Request);
        var fault = exchange.Error == ForwardError.Rejected ? exchange.Reason! : exchange.Error.ToString();
        var body = BodyOf(exchange.Context, answer, fault, asJson);
        var writer = new HeadWriter(output);
        WriteHead(ref writer, exchange.Context, answer, body.Length, asJson);
        WriteConnection(ref writer, exchange);
        writer.End();
        if (exchange.Request.KnownMethod != KnownMethod.Head)
        {
            writer.Write(body.Span);
        }

        writer.Flush();
        exchange.HeadBytesOut += output.UnflushedBytes - before;
    }

    private static ReadOnlyMemory<byte> BodyOf(LoopContext context, ErrorAnswer answer, string fault, bool asJson) =>
        context.Settings.StampSecret is null
            ? context.Settings.Pages.BodyOf(answer.Status, asJson)
            : ApiErrorBody.Of(answer.Status, fault);

    private static void WriteOptions(Exchange exchange)
    {
        var output = exchange.Client.Transport.Output;
        var before = output.UnflushedBytes;
        var writer = new HeadWriter(output);
        writer.StatusLine(200, "OK"u8);
        writer.Field(HeaderName.Date, exchange.Context.Date);
        writer.Field(HeaderName.ContentLength, 0);
        WriteConnection(ref writer, exchange);
        writer.End();
        writer.Flush();
        exchange.HeadBytesOut += output.UnflushedBytes - before;
    }

    private static void WriteHead(ref HeadWriter writer, LoopContext context, ErrorAnswer answer, int length, bool asJson)
    {
        writer.StatusLine(answer.Status, Encoding.ASCII.GetBytes(ErrorPages.ReasonOf(answer.Status)));
        writer.Field(HeaderName.Date, context.Date);
        writer.Field(HeaderName.ContentType, asJson ? "application/json"u8 : "text/html; charset=utf-8"u8);
        writer.Field(HeaderName.ContentLength, length);
        writer.Field(HeaderName.CacheControl, "no-store"u8);
        writer.BeginField(HeaderNames.Spelling(HeaderName.ProxyStatus));
        writer.Write("wunderproxy"u8);
        if (answer.ProxyStatus.Length > 0)
        {
            writer.Write("; error="u8);
            writer.Write(Encoding.ASCII.GetBytes(answer.ProxyStatus));
        }

        writer.EndField();
        if (answer.RetryAfterSeconds > 0)
        {
            writer.Field(HeaderName.RetryAfter, answer.RetryAfterSeconds);
        }

        if (answer.Status == 405)
        {
            writer.Field("Allow"u8, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"u8);
        }
    }

    private static void WriteConnection(ref HeadWriter writer, Exchange exchange)
    {
        if (!exchange.KeepsClient)
        {
            writer.Field(HeaderName.Connection, "close"u8);
        }
        else if (exchange.Request.MinorVersion == 0)
        {
            writer.Field(HeaderName.Connection, "keep-alive"u8);
        }
    }

    // A program that says it takes JSON and does not ask for HTML gets JSON; weights are not worth a parser here.
    private static bool PrefersJson(RequestHead head)
    {
        var accept = head.ValueOf(HeaderName.Accept);
        return accept.IndexOf("application/json"u8) >= 0 && accept.IndexOf("text/html"u8) < 0;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<ConnectionFate> FlushAsync(Exchange exchange)
    {
        exchange.Down.Prepare(
            exchange.Client.Transport.Input, exchange.Client.Transport.Output, BodyFraming.None, BodyOutput.AsIs);
        var end = await exchange.Down.FlushAsync();
        if (end == RelayEnd.SinkBroken)
        {
            return ConnectionFate.Abort;
        }

        return exchange.KeepsClient ? ConnectionFate.Reuse : ConnectionFate.Linger;
    }
}
