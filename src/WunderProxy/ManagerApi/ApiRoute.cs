namespace WunderProxy.ManagerApi;

/// <summary>One row of the route table.</summary>
/// <param name="Method">The method; HEAD is answered where GET is.</param>
/// <param name="Path">The whole path, or one ended by <c>/*</c> for a single further segment.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="HandleAsync">Parses, calls one domain method and writes one result.</param>
internal sealed record ApiRoute(
    string Method,
    string Path,
    RouteAccess Access,
    Func<ApiRequest, CancellationToken, ValueTask<ApiResponse>> HandleAsync)
{
    private const string Wildcard = "/*";

    /// <summary>
    /// Whether errors are plain text without <c>Accept: application/json</c>, as the older tool's were.
    /// </summary>
    public bool AnswersText { get; init; }

    /// <summary>Whether it is answered from memory at once, so that it never waits behind other calls.</summary>
    public bool IsLight => Method == "OPTIONS" || Path is "/status" or "/livez" or "/metrics";

    /// <summary>Whether this row is for <paramref name="path"/>.</summary>
    public bool Matches(string path)
    {
        if (!Path.EndsWith(Wildcard, StringComparison.Ordinal))
        {
            return path == Path;
        }

        var parent = Path[..^1];
        return path.StartsWith(parent, StringComparison.Ordinal)
            && path.Length > parent.Length
            && !path.AsSpan(parent.Length).Contains('/');
    }

    /// <summary>The last segment of a path that matches a wildcard.</summary>
    public static string LastSegment(string path) => path[(path.LastIndexOf('/') + 1)..];
}
