using System.Diagnostics;

namespace WunderProxy.Forwarding.Exchanges.Tracing;

/// <summary>
/// Gives each attempt of a sampled exchange at an endpoint or a peer a span of kind client, below the span of the request:
/// from the choice of the endpoint until its connection is given back, or the connect has failed. An exchange that is not
/// sampled costs a comparison for each call.
/// </summary>
internal static class AttemptTracer
{
    // To a client a 4xx is a failure too: the request did not get what it asked for.
    private const int FirstFailure = 400;

    /// <summary>Begins the span of an attempt, whose endpoint was chosen, if the exchange is sampled.</summary>
    public static void Begin(Exchange exchange)
    {
        if (exchange.Spans.Server is { } server)
        {
            Begin(exchange, server);
        }
    }

    /// <summary>Ends the span of the attempt that goes on, if there is one.</summary>
    /// <param name="exchange">The exchange, whose response, if there is one, is still there.</param>
    /// <param name="error">How the attempt failed; none if the response was relayed whole.</param>
    public static void End(Exchange exchange, ForwardError error)
    {
        if (exchange.Spans.Attempt is { } attempt)
        {
            Describe(exchange.Upstream, attempt, error);
            exchange.Spans.EndAttempt();
        }
    }

    private static void Begin(Exchange exchange, Activity server)
    {
        var attempt = SpanSource.Start(SpanTags.NameOf(exchange.Client), ActivityKind.Client, server.Context);
        exchange.Spans.BeginAttempt(attempt);
        if (attempt is null)
        {
            return;
        }

        var side = exchange.Upstream;
        SpanTags.SetMethod(attempt, exchange.Client);
        SpanTags.SetServer(attempt, side.Endpoint!.Address);
        if (side.Retries > 0)
        {
            attempt.SetTag("http.request.resend_count", side.Retries);
        }

        if (side.Peer is not null)
        {
            attempt.SetTag("wunderproxy.peer", true);
        }
    }

    private static void Describe(UpstreamSide side, Activity attempt, ForwardError error)
    {
        var status = side.IsResponseReceived ? side.Response.StatusCode : 0;
        if (status > 0)
        {
            attempt.SetTag("http.response.status_code", status);
        }

        SpanTags.SetError(attempt, error, status, FirstFailure);
        if (error != ForwardError.None || status >= FirstFailure)
        {
            attempt.SetStatus(ActivityStatusCode.Error);
        }
    }
}
