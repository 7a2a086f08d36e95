using System.Net.Sockets;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Diagnostics;
using WunderProxy.Forwarding.Exchanges.Tracing;
using WunderProxy.Forwarding.Fallback;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Tasks;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Forwarding.Exchanges;

/// <summary>Forwards exchanges to the current upstream, in the steps that docs/architecture.md lists.</summary>
internal sealed class Forwarder(
    TransportLoop loop,
    ForwarderSettings settings,
    UpstreamLimit limit,
    EndpointConnector connector,
    RequestHeadWriter heads,
    ExchangeRecorder recorder)
{
    private readonly ResponseReader _responses = new(settings, recorder);

    /// <summary>
    /// Forwards one request and relays its response. The behaviour of a remote end is reported by the result, never by
    /// an exception.
    /// </summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<ForwardResult> ForwardAsync(Exchange exchange)
    {
        // 1. Hold the request's body, if the application wants that; choose the upstream, by taking a lease.
        var upstream = exchange.Upstream;
        var error = upstream.Body.HasToHold ? await HoldAsync(exchange) : await ChooseUpstreamAsync(exchange);
        exchange.Phases.OnChosen();
        for (var mayReuse = true; error == ForwardError.None; mayReuse = false)
        {
            // 2. Connect, or reuse a connection.
            error = await ConnectAsync(exchange, mayReuse);
            exchange.Phases.OnConnected();
            if (error != ForwardError.None)
            {
                break;
            }

            // 3. Send the head. 4. Relay the request body, which goes on beside the next steps.
            heads.Write(exchange);
            await upstream.SendAsync();

            // 5. Read the response head; interim ones are passed on.
            error = await _responses.ReadHeadAsync(exchange);
            exchange.Phases.OnResponseHead();
            if (error != ForwardError.UpstreamClosed)
            {
                break;
            }

            upstream.Counts.CountIfStale();
            if (!upstream.MayBeSentAfresh)
            {
                break;
            }

            upstream.Counts.CountRetry();
            AttemptTracer.End(exchange, error);
            await upstream.DropConnectionAsync();
            error = exchange.Waiting.StopReason;
        }

        // 6. Relay the response body, or leave HTTP.
        if (error == ForwardError.None)
        {
            upstream.Endpoint!.OnReached();
            error = await _responses.RelayAsync(exchange);
        }

        if (error == ForwardError.None && upstream.IsStreaming && exchange.Down.HasHeldBytes)
        {
            // A client may read only when it has sent everything: the rest of its request goes on, as without buffering.
            error = await FinishAsync(exchange, error);
        }

        // 7. Decide whether the upstream's connection is used again.
        if (upstream.Body.IsSending)
        {
            await upstream.Body.StopAsync();
        }

        exchange.Phases.OnUpstreamDone();
        AttemptTracer.End(exchange, error);
        upstream.Release(isComplete: error == ForwardError.None, isTunnel: exchange.Tunnel is not null);

        // 8. Wait for a client that is behind; the upstream has been let go.
        if (exchange.Down.HasHeldBytes)
        {
            error = await FinishAsync(exchange, error);
        }

        return End(exchange, error);
    }

    /// <summary>Waits until the client has taken what is held of the response.</summary>
    /// <returns>Why the exchange was stopped meanwhile, or else <paramref name="error"/>.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<ForwardError> FinishAsync(Exchange exchange, ForwardError error)
    {
        await exchange.Down.FinishAsync();
        return exchange.Waiting.IsStopped ? exchange.Waiting.StopReason : error;
    }

    private static ForwardError FailedConnect(Exchange exchange, SocketError error)
    {
        var (reason, result) = error == SocketError.TimedOut ? (ConnectFailure.Timeout, ForwardError.ConnectTimeout)
            : EndpointConnector.IsShortage(error) ? (ConnectFailure.Shortage, ForwardError.TooManyConnections)
            : (ConnectFailure.Refused, ForwardError.ConnectRefused);
        exchange.Upstream.Counts.CountConnectFailed(reason);
        return result;
    }

    private static ForwardResult End(Exchange exchange, ForwardError error)
    {
        exchange.Reason = error switch
        {
            ForwardError.BadRequestBody => exchange.Upstream.Body.Fault,
            ForwardError.ResponseIncomplete => exchange.Down.Fault,
            _ => exchange.Reason,
        };
        return ForwardResult.Of(error);
    }

    /// <summary>Holds the whole body, and then chooses the upstream.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<ForwardError> HoldAsync(Exchange exchange)
    {
        var upstream = exchange.Upstream;
        if (upstream.Slot.Current is null && upstream.Application is { Gate.IsPaused: false })
        {
            // No upstream would receive the body, so the client need not send it.
            return ForwardError.NoUpstream;
        }

        var error = exchange.Waiting.IsStopped ? exchange.Waiting.StopReason : await upstream.Body.HoldAsync(exchange.Down);
        exchange.Phases.OnHeld();
        return error == ForwardError.None ? await ChooseUpstreamAsync(exchange) : error;
    }

    private static ValueTask<ForwardError> ChooseUpstreamAsync(Exchange exchange) =>
        exchange.Upstream is { Peer: null, Application: { Gate.IsPaused: true } application } && !exchange.Waiting.IsStopped
            ? WaitWhilePausedAsync(exchange, application)
            : new ValueTask<ForwardError>(ChooseUpstream(exchange));

    private static ForwardError ChooseUpstream(Exchange exchange)
    {
        if (exchange.Waiting.IsStopped)
        {
            return exchange.Waiting.StopReason;
        }

        return exchange.Upstream.TryLease() ? ForwardError.None : ForwardError.NoUpstream;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private static async ValueTask<ForwardError> WaitWhilePausedAsync(Exchange exchange, LoopApplication application)
    {
        if (!application.Gate.TryEnter())
        {
            return ForwardError.Paused;
        }

        var began = application.Loop.NowMicroseconds;
        var waiting = exchange.Waiting;
        application.AddPaused(waiting.PauseEnded);
        waiting.BeginPause(application.Gate.TimeoutMilliseconds);
        while (application.Gate.IsPaused && !waiting.IsStopped)
        {
            await waiting.PauseEnded.WaitAsync();
        }

        waiting.End(Waits.Pause);
        application.RemovePaused(waiting.PauseEnded);
        application.Gate.Leave();
        application.Stats.CountQueueWait(application.Loop.NowMicroseconds - began);
        return ChooseUpstream(exchange);
    }

    private ValueTask<ForwardError> ConnectAsync(Exchange exchange, bool mayReuse)
    {
        var endpoint = exchange.Upstream.ChooseEndpoint();
        AttemptTracer.Begin(exchange);
        endpoint.Names?.RefreshSoon();
        if (mayReuse && endpoint.PoolOf(loop).Take() is { } connection)
        {
            exchange.Upstream.Use(connection);
            return new ValueTask<ForwardError>(ForwardError.None);
        }

        return OpenOrFollowAsync(exchange);
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ForwardError> OpenOrFollowAsync(Exchange exchange)
    {
        var side = exchange.Upstream;
        while (true)
        {
            var upstream = side.Lease.Part!.Upstream;
            var error = await OpenAsync(exchange, side.Endpoint!);
            if (error == ForwardError.None || exchange.Waiting.IsStopped || ReferenceEquals(side.Slot.Current, upstream))
            {
                return error;
            }

            // An upstream that refuses because it was just replaced must not fail the exchange, which goes to the new
            // upstream.
            side.Lease.Release();
            AttemptTracer.End(exchange, error);
            if (!side.TryLease())
            {
                return ForwardError.NoUpstream;
            }

            side.ChooseEndpoint();
            AttemptTracer.Begin(exchange);
        }
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<ForwardError> OpenAsync(Exchange exchange, Endpoint endpoint)
    {
        // The pool comes first: see Endpoint.CloseToNewAsync.
        var pool = endpoint.PoolOf(loop);
        if (endpoint.IsClosedToNew)
        {
            return ForwardError.ConnectRefused;
        }

        var timeout = exchange.Upstream.Peer is null ? settings.ConnectMilliseconds : PeerGroup.ConnectMilliseconds;
        if (limit.IsFull)
        {
            CloseIdle();
        }

        var (connection, error) = await connector.ConnectAsync(endpoint, timeout);
        if (connection is null)
        {
            return FailedConnect(exchange, error);
        }

        var opened = new UpstreamConnection(pool, connection, limit);
        connection.Watcher = opened;
        if (exchange.Waiting.IsStopped)
        {
            opened.Return();
            return exchange.Waiting.StopReason;
        }

        exchange.Upstream.Use(opened);
        return ForwardError.None;
    }

    /// <summary>
    /// Makes all loops close their idle connections; this loop has none left, or it would have used one.
    /// </summary>
    private void CloseIdle()
    {
        foreach (var application in settings.Routes.Applications)
        {
            application.Slot.Current?.CloseIdle();
        }

        settings.Peers?.Slot.Current?.CloseIdle();
    }
}
