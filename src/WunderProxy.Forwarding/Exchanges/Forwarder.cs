using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Forwards exchanges to the current upstream, as docs/architecture.md has it step by step.</summary>
internal sealed class Forwarder(LoopContext context)
{
    private readonly ForwarderSettings _settings = context.Settings;
    private readonly ResponseReader _responses = new(context);

    /// <summary>Forwards one request and relays its response. A peer's behaviour is in the result, never thrown.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardResult> ForwardAsync(Exchange exchange)
    {
        // 1. Choose the upstream, by taking a lease.
        var error = await ChooseUpstreamAsync(exchange);
        for (var mayReuse = true; error == ForwardError.None; mayReuse = false)
        {
            // 2. Connect, or reuse a connection.
            error = await ConnectAsync(exchange, mayReuse);
            if (error != ForwardError.None)
            {
                break;
            }

            // 3. Send the head. 4. Relay the request body, which goes on beside the next steps.
            await SendRequestAsync(exchange);

            // 5. Read the response head; interim ones are passed on.
            error = await _responses.ReadHeadAsync(exchange);
            if (error != ForwardError.UpstreamClosed || !CanSendAgain(exchange))
            {
                break;
            }

            await DropUpstreamAsync(exchange);
            error = exchange.StopReason;
        }

        // 6. Relay the response body, or leave HTTP.
        if (error == ForwardError.None)
        {
            exchange.Endpoint!.OnReached();
            error = await _responses.RelayAsync(exchange);
        }

        // 7. Decide whether the upstream's connection is used again.
        if (exchange.Upload is null)
        {
            ReleaseUpstream(exchange, error);
        }
        else
        {
            await StopUploadAndReleaseAsync(exchange, error);
        }

        return ForwardResult.Of(error);
    }

    private ValueTask<ForwardError> ChooseUpstreamAsync(Exchange exchange) =>
        _settings.Gate.IsPaused && !exchange.IsStopped && exchange.Peer is null
            ? WaitWhilePausedAsync(exchange)
            : new ValueTask<ForwardError>(ChooseUpstream(exchange));

    private ForwardError ChooseUpstream(Exchange exchange)
    {
        if (exchange.IsStopped)
        {
            return exchange.StopReason;
        }

        return exchange.Lease.TryTake(exchange.Slot, context.Loop) ? ForwardError.None : ForwardError.NoUpstream;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ForwardError> WaitWhilePausedAsync(Exchange exchange)
    {
        if (!_settings.Gate.TryEnter())
        {
            return ForwardError.Paused;
        }

        context.AddPaused(exchange);
        exchange.Waiting.Begin(Waits.Pause);
        while (_settings.Gate.IsPaused && !exchange.IsStopped)
        {
            await exchange.PauseEnded.WaitAsync();
        }

        exchange.Waiting.End(Waits.Pause);
        context.RemovePaused(exchange);
        _settings.Gate.Leave();
        return ChooseUpstream(exchange);
    }

    private ValueTask<ForwardError> ConnectAsync(Exchange exchange, bool mayReuse)
    {
        var endpoint = exchange.ChooseEndpoint();
        endpoint.Names?.RefreshSoon();
        exchange.Upstream = mayReuse ? endpoint.PoolOf(context.Loop).Take() : null;
        return exchange.Upstream is null ? OpenOrFollowAsync(exchange) : new ValueTask<ForwardError>(ForwardError.None);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ForwardError> OpenOrFollowAsync(Exchange exchange)
    {
        while (true)
        {
            var upstream = exchange.Lease.Part!.Upstream;
            var error = await OpenAsync(exchange, exchange.Endpoint!);
            if (error == ForwardError.None || exchange.IsStopped || ReferenceEquals(exchange.Slot.Current, upstream))
            {
                return error;
            }

            // An upstream that refuses because it was just replaced must not cost the exchange: it goes to the new one.
            exchange.Lease.Release();
            if (!exchange.Lease.TryTake(exchange.Slot, context.Loop))
            {
                return ForwardError.NoUpstream;
            }

            exchange.ChooseEndpoint();
        }
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ForwardError> OpenAsync(Exchange exchange, Endpoint endpoint)
    {
        // The pool first: see Endpoint.CloseToNewAsync.
        var pool = endpoint.PoolOf(context.Loop);
        if (endpoint.IsClosedToNew)
        {
            return ForwardError.ConnectRefused;
        }

        var limit = exchange.Peer is null ? _settings.ConnectMilliseconds : PeerGroup.ConnectMilliseconds;
        if (context.Limit.Upstream.IsFull)
        {
            CloseIdle();
        }

        var (connection, error) = await context.Connector.ConnectAsync(endpoint, limit);
        if (connection is null)
        {
            return error == SocketError.TimedOut ? ForwardError.ConnectTimeout
                : EndpointConnector.IsShortage(error) ? ForwardError.TooManyConnections
                : ForwardError.ConnectRefused;
        }

        var opened = new UpstreamConnection(pool, connection, context.Limit.Upstream);
        connection.Watcher = opened;
        if (exchange.IsStopped)
        {
            opened.Return();
            return exchange.StopReason;
        }

        exchange.Upstream = opened;
        return ForwardError.None;
    }

    /// <summary>Has the idle connections of all loops closed: this one has none left, or it would have used it.</summary>
    private void CloseIdle()
    {
        _settings.Slot.Current?.CloseIdle();
        _settings.Peers?.Slot.Current?.CloseIdle();
    }

    private static ValueTask SendRequestAsync(Exchange exchange)
    {
        var output = exchange.Upstream!.Transport.Output;
        RequestHeadWriter.Write(exchange, output);
        exchange.OnHeadSent();
        exchange.Up.Prepare(exchange.Client.Transport.Input, output, exchange.RequestFraming, BodyOutput.AsIs);
        if (exchange.RequestFraming.HasBody)
        {
#pragma warning disable CA2012 // Awaited exactly once, by StopUploadAsync.
            exchange.Upload = exchange.Up.RunAsync();
#pragma warning restore CA2012
            return ValueTask.CompletedTask;
        }

        // A failure shows when the response is read; there may even be one.
        if (exchange.Request.IsIdempotent)
        {
            exchange.Upstream.Transport.FlushSoon();
            exchange.OnRequestSent();
            return ValueTask.CompletedTask;
        }

        // Only a failure at once tells that no byte is gone, and that it may be sent again.
        var flushing = exchange.Up.FlushAsync();
        if (!flushing.IsCompletedSuccessfully)
        {
            return WaitForFlushAsync(exchange, flushing);
        }

        _ = flushing.Result;
        exchange.OnRequestSent();
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private static async ValueTask WaitForFlushAsync(Exchange exchange, ValueTask<RelayEnd> flushing)
    {
        await flushing;
        exchange.OnRequestSent();
    }

    /// <summary>
    /// Whether the request can be sent on a fresh connection: the old one had been idle and broke before any byte of
    /// a response, no byte of the body is gone, and sending twice means the same as once or nothing was sent at all.
    /// </summary>
    private static bool CanSendAgain(Exchange exchange) =>
        exchange.Upstream!.IsReused && !exchange.IsStopped && exchange.MayBeSent;

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private static async ValueTask StopUploadAsync(Exchange exchange)
    {
        if (exchange.Upload is { } upload)
        {
            exchange.Up.RequestStop();
            exchange.Upload = null;
            await upload;
        }
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private static async ValueTask DropUpstreamAsync(Exchange exchange)
    {
        await StopUploadAsync(exchange);
        exchange.Upstream!.Abort();
        exchange.Upstream = null;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder))]
    private static async ValueTask StopUploadAndReleaseAsync(Exchange exchange, ForwardError error)
    {
        await StopUploadAsync(exchange);
        ReleaseUpstream(exchange, error);
    }

    private static void ReleaseUpstream(Exchange exchange, ForwardError error)
    {
        if (exchange.Lease.Part is not { } part)
        {
            return;
        }

        if (exchange.Upstream is { } upstream)
        {
            exchange.Upstream = null;
            Release(exchange, upstream, error);
        }

        exchange.UpstreamPart = part;
        exchange.Lease.Release();
    }

    private static void Release(Exchange exchange, UpstreamConnection upstream, ForwardError error)
    {
        if (error != ForwardError.None || !exchange.IsRequestSent)
        {
            // Reset: neither a request cut short nor an unread response may look like a whole one.
            upstream.Abort();
        }
        else if (MayReuse(exchange))
        {
            upstream.Return();
        }
        else
        {
            upstream.Close();
        }
    }

    private static bool MayReuse(Exchange exchange)
    {
        Debug.Assert(exchange.IsResponseReceived, "it succeeded");
        return exchange.Tunnel is null
            && exchange.Response.KeepAlive
            && exchange.ResponseFraming.Kind != BodyKind.UntilClose;
    }
}
