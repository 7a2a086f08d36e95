using System.Collections.Concurrent;
using System.Diagnostics;
using WunderProxy.Forwarding.Options;

namespace WunderProxy.Forwarding.Tests.Exchanges.Tracing;

/// <summary>
/// The spans that have ended anywhere in this process, as something that listens gets them; each test knows its own by a
/// value that no other test uses.
/// </summary>
internal static class EndedSpans
{
    private static readonly ConcurrentQueue<Activity> Ended = new();
    private static readonly ActivityListener Listener = NewListener();

    public static IReadOnlyCollection<Activity> All => Ended;

    /// <summary>Begins to listen, if nobody has yet.</summary>
    public static void Listen() => ActivitySource.AddActivityListener(Listener);

    /// <summary>The span of the request of a client that has this address.</summary>
    public static Activity? RequestFrom(string address) =>
        Ended.SingleOrDefault(span => span.Kind == ActivityKind.Server && Equals(span.GetTagItem("client.address"), address));

    /// <summary>The spans of the attempts of a request, in their order.</summary>
    public static Activity[] AttemptsOf(Activity request) =>
        [.. Ended.Where(span => span.Kind == ActivityKind.Client && span.ParentSpanId == request.SpanId)];

    /// <summary>The attributes of a span as text.</summary>
    public static Dictionary<string, string> Tags(Activity span) =>
        span.TagObjects.ToDictionary(tag => tag.Key, tag => $"{tag.Value}", StringComparer.Ordinal);

    private static ActivityListener NewListener() => new()
    {
        ShouldListenTo = static source => source.Name == SpanOptions.SourceName,
        Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = Ended.Enqueue,
    };
}
