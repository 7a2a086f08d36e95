using System.Diagnostics;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges.Tracing;

/// <summary>
/// Starts and stops the spans of exchanges. Neither leaves a current activity behind, because a loop serves many exchanges
/// by turns.
/// </summary>
internal static class SpanSource
{
    private static readonly ActivitySource Source = new(SpanOptions.SourceName);

    /// <summary>Starts a span of the given kind.</summary>
    /// <returns>The span; null if nothing listens to the source.</returns>
    public static Activity? Start(string name, ActivityKind kind, in ActivityContext parent)
    {
        var span = Source.CreateActivity(name, kind, parent);
        span?.Start();

        // Otherwise whatever the loop does next for other exchanges would count as part of this span.
        Activity.Current = null;
        return span;
    }

    /// <summary>Stops a span, which is then handed to those that listen.</summary>
    public static void Stop(Activity span)
    {
        span.Stop();

        // The ending of a span brings back the activity before it, which a loop never has.
        Activity.Current = null;
    }
}
