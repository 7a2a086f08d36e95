using System.Text.Json;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.ManagerApi;

/// <summary>
/// <c>GET /events</c>: server-sent events, a view of the present state once a second and every event as it happens.
/// </summary>
/// <param name="hub">Where events come from.</param>
/// <param name="views">The views that <c>?view=</c> may name; the first one has no name.</param>
internal sealed class EventsRoute(EventHub hub, IReadOnlyList<LiveView> views)
{
    private const string ContentType = "text/event-stream";

    // nginx and our own forwarder would otherwise collect the stream.
    private static readonly KeyValuePair<string, string>[] Headers = [new("X-Accel-Buffering", "no")];

    /// <summary>The view without a name: the document of <c>/status</c>.</summary>
    public static LiveView Snapshot { get; } = new(
        string.Empty,
        "snapshot",
        facts => JsonSerializer.Serialize(facts.Status.ToDocument(), ApiJson.Context.StatusDocument));

    /// <summary>Takes a place for the watcher and answers with its stream.</summary>
    /// <exception cref="ApiException">400: there is no such view. 503: there are too many watchers.</exception>
    public ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var name = request.Query.GetValueOrDefault("view") ?? string.Empty;
        var view = views.FirstOrDefault(view => view.Name == name) ?? throw ApiException.UnknownView();
        return new(new ApiResponse(200, ContentType, default)
        {
            Headers = Headers,
            Stream = request.Method == "HEAD" ? null : hub.Subscribe(view, request.Caller, request.HasRights, LastIdOf(request)),
        });
    }

    private static string? LastIdOf(ApiRequest request) =>
        request.Header("Last-Event-ID") is { Length: > 0 } id ? id : null;
}
