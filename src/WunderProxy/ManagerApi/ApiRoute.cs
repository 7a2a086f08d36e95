namespace WunderProxy.ManagerApi;

/// <summary>One row of the table of routes.</summary>
/// <param name="Method">The method; a GET route answers HEAD too.</param>
/// <param name="Path">The whole path, in which a segment <c>*</c> stands for any one.</param>
/// <param name="Access">Who may call the route.</param>
/// <param name="HandleAsync">Handles a call: parses the request, calls one domain method and writes one result.</param>
internal sealed record ApiRoute(
    string Method,
    string Path,
    RouteAccess Access,
    Func<ApiRequest, CancellationToken, ValueTask<ApiResponse>> HandleAsync)
{
    private const string Wildcard = "/*";

    /// <summary>
    /// Whether errors are plain text, as the older tool's were, unless the caller accepts <c>application/json</c>.
    /// </summary>
    public bool AnswersText { get; init; }

    /// <summary>Whether the route is answered from memory at once, so that the call never waits for others.</summary>
    public bool IsLight => Method == "OPTIONS" || Path is "/status" or "/livez" or "/metrics";

    /// <summary>Whether this route matches <paramref name="path"/>, segment by segment.</summary>
    public bool Matches(string path)
    {
        if (!Path.Contains(Wildcard, StringComparison.Ordinal))
        {
            return path == Path;
        }

        var (expected, actual) = (Path.Split('/'), path.Split('/'));
        return expected.Length == actual.Length
            && expected.Zip(actual).All(pair => pair.First == "*" ? pair.Second.Length > 0 : pair.First == pair.Second);
    }

    /// <summary>Returns the last segment of a path.</summary>
    public static string LastSegment(string path) => path[(path.LastIndexOf('/') + 1)..];
}
