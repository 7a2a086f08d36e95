using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>Requests that are ours to answer though nothing is wrong with them, or that no application may get.</summary>
internal static class LocalAnswers
{
    /// <summary>
    /// Whether the request goes no further: TRACE with a body (RFC 9110 section 9.3.8), or OPTIONS and TRACE whose
    /// Max-Forwards is 0 (RFC 9110 section 7.6.2). The manager API behind its front end is the last recipient, and
    /// answers both itself.
    /// </summary>
    public static bool IsFor(Exchange exchange) =>
        exchange.Request.KnownMethod is KnownMethod.Options or KnownMethod.Trace
        && exchange.Context.Settings.StampSecret is null
        && (IsTraceWithBody(exchange) || exchange.Request.MaxForwards is 0);

    /// <summary>Answers it.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public static async ValueTask<ConnectionFate> AnswerAsync(Exchange exchange)
    {
        if (IsTraceWithBody(exchange))
        {
            exchange.Error = ForwardError.TraceWithBody;
            exchange.Context.Settings.Log.Refused(exchange);
            return await ErrorAnswers.AnswerAsync(exchange, ForwardResult.Of(exchange.Error));
        }

        // To send a request back to whoever asks gives cookies away to scripts; 405 is an answer too.
        return exchange.Request.KnownMethod == KnownMethod.Trace
            ? await ErrorAnswers.WriteAsync(exchange, new ErrorAnswer(405, string.Empty), mayReuse: true)
            : await ErrorAnswers.WriteOptionsAsync(exchange);
    }

    private static bool IsTraceWithBody(Exchange exchange) =>
        exchange.Request.KnownMethod == KnownMethod.Trace && exchange.RequestFraming.HasBody;
}
