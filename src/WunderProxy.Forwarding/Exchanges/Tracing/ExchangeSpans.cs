using System.Diagnostics;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Tracing;

/// <summary>The spans of one exchange, which has none if it is not sampled.</summary>
internal sealed class ExchangeSpans
{
    /// <summary>The span of the exchange; null if it is not sampled, and after its end.</summary>
    public Activity? Server { get; private set; }

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

    /// <summary>Records the span of the exchange, which has begun.</summary>
    /// <param name="server">The span.</param>
    /// <param name="context">Its ids.</param>
    /// <param name="continuesTrace">Whether the client named the trace.</param>
    public void Begin(Activity server, in TraceParent context, bool continuesTrace)
    {
        Server = server;
        Context = context;
        ContinuesTrace = continuesTrace;
    }

    /// <summary>Ends the span of the exchange.</summary>
    public void End()
    {
        Server?.Stop();
        Server = null;

        // The ending of a span brings back the activity before it, which a loop never has.
        Activity.Current = null;
    }

    /// <summary>Prepares for the next exchange; nothing of the previous one is kept.</summary>
    public void Reset()
    {
        if (Server is not null)
        {
            End();
        }

        Context = default;
        ContinuesTrace = false;
    }
}
