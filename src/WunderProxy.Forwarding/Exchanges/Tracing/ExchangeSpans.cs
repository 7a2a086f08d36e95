using System.Diagnostics;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Tracing;

/// <summary>
/// The spans of one exchange, which has none if it is not sampled: one for the request, and below it one for each attempt
/// at an upstream or a peer.
/// </summary>
internal sealed class ExchangeSpans
{
    /// <summary>The span of the request; null if it is not sampled, and after its end.</summary>
    public Activity? Server { get; private set; }

    /// <summary>The span of the attempt that goes on; null if none does.</summary>
    public Activity? Attempt { get; private set; }

    /// <summary>
    /// The ids of <see cref="Server"/>, which the upstream gets as the parent of its own span; none if the exchange is not
    /// sampled. Kept when the span has ended.
    /// </summary>
    public TraceParent Context { get; private set; }

    /// <summary>
    /// Whether <see cref="Context"/> belongs to the trace that the client named; else it begins a new one, to which the
    /// client's <c>tracestate</c> does not belong.
    /// </summary>
    public bool ContinuesTrace { get; private set; }

    /// <summary>Records the span of the request, which has begun.</summary>
    /// <param name="server">The span.</param>
    /// <param name="context">Its ids.</param>
    /// <param name="continuesTrace">Whether the client named the trace.</param>
    public void Begin(Activity server, in TraceParent context, bool continuesTrace)
    {
        Server = server;
        Context = context;
        ContinuesTrace = continuesTrace;
    }

    /// <summary>Records the span of an attempt, which has begun; null if nothing listens any more.</summary>
    public void BeginAttempt(Activity? attempt)
    {
        Debug.Assert(Attempt is null, "one attempt ends before the next begins");
        Attempt = attempt;
    }

    /// <summary>Ends the span of the attempt that goes on, if there is one.</summary>
    public void EndAttempt()
    {
        if (Attempt is { } attempt)
        {
            Attempt = null;
            SpanSource.Stop(attempt);
        }
    }

    /// <summary>Ends the span of the request, if there is one, after that of an attempt that still goes on.</summary>
    public void End()
    {
        EndAttempt();
        if (Server is { } server)
        {
            Server = null;
            SpanSource.Stop(server);
        }
    }

    /// <summary>Ends the spans after an internal error, of which nobody could be told.</summary>
    public void Abandon()
    {
        Fail(Attempt);
        Fail(Server);
        End();
    }

    /// <summary>Prepares for the next exchange; nothing of the previous one is kept.</summary>
    public void Reset()
    {
        End();
        Context = default;
        ContinuesTrace = false;
    }

    private static void Fail(Activity? span) =>
        span?.SetTag("error.type", nameof(ForwardError.InternalError)).SetStatus(ActivityStatusCode.Error);
}
