namespace WunderProxy.ManagerApi.Page;

/// <summary><c>GET /</c>: returns the page for people, with its style and script in itself.</summary>
internal sealed class PageRoute(PageReader reader, StatusReader status)
{
    private static readonly KeyValuePair<string, string>[] Headers =
    [
        new("Content-Security-Policy", PageAssets.Policy),
        new("Referrer-Policy", "no-referrer"),
    ];

    public async ValueTask<ApiResponse> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (request.WantsJson)
        {
            var facts = request.HasRights ? status.Read() : status.Read().ForStrangers();
            return ApiResponse.OfJson(facts.ToDocument(), ApiJson.Context.StatusDocument);
        }

        var model = await reader.ReadAsync(WindowOf(request), RightsOf(request, reader.HasToken));
        return ApiResponse.OfHtml(PageDocument.Write(model)) with { Headers = Headers };
    }

    /// <summary>Returns the window that a call asks for.</summary>
    internal static PageWindow WindowOf(ApiRequest request) => PageWindow.Of(request.Query.GetValueOrDefault("window"));

    /// <summary>
    /// Returns what the caller may see. A browser without a token is always a stranger: its next calls will carry the
    /// mark of a web page, and the page would lose half of what it showed.
    /// </summary>
    private static PageRights RightsOf(ApiRequest request, bool hasToken) => request switch
    {
        { HasRights: false } => PageRights.Stranger,
        _ when hasToken => PageRights.Operator,
        _ when request.Header("Sec-Fetch-Site") is not null => PageRights.Stranger,
        _ => PageRights.Reader,
    };
}
