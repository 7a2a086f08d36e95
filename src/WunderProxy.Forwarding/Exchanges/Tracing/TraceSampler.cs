using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Exchanges.Tracing;

/// <summary>Decides which requests get a span, without an allocation. One object for each loop.</summary>
internal sealed class TraceSampler(SpanOptions options)
{
    // The last 56 bits of a trace id are the random ones (W3C Trace Context Level 2). A trace is sampled if they are at
    // least as high as the share leaves out, as all samplers of OpenTelemetry's consistent kind decide.
    private const int RandomBits = 56;
    private const ulong RandomMask = (1UL << RandomBits) - 1;

    private readonly ulong _firstTaken = (ulong)((1 - options.Share) * (1UL << RandomBits));

    // A generator of its own, not the shared one, which finds its state anew for each thread and call.
    private readonly Random _random = new();

    /// <summary>Whether the request is sampled.</summary>
    /// <param name="parent">What the request's <c>traceparent</c> names; none if there is no valid one.</param>
    public bool Takes(in TraceParent parent)
    {
        if (options.FollowsParent && !parent.IsNone)
        {
            return parent.IsSampled;
        }

        return options.Share >= 1
            || (options.Share > 0 && (parent.IsNone ? NextRandom() : parent.TraceLow & RandomMask) >= _firstTaken);
    }

    private ulong NextRandom() => (ulong)_random.NextInt64(1L << RandomBits);
}
