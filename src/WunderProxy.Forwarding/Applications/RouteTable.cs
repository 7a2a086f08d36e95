namespace WunderProxy.Forwarding.Applications;

/// <summary>
/// Says which application a request is for. Immutable: a server has one table at a time behind one reference, so that
/// each request is looked up in one consistent table.
/// </summary>
public sealed class RouteTable
{
    private readonly ProxyApplication _application;

    /// <summary>Creates the table of a server with a single application, which gets every request.</summary>
    public RouteTable(ProxyApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        _application = application;
        Applications = [application];
    }

    /// <summary>All applications to which requests can go.</summary>
    public IReadOnlyList<ProxyApplication> Applications { get; }

    /// <summary>
    /// Bodies of answers to requests whose head was never complete or was refused, so that no application is known:
    /// those of the only application.
    /// </summary>
    internal ErrorPages Pages => _application.Pages;

    /// <summary>The value of Strict-Transport-Security for such answers over TLS; null for none.</summary>
    internal byte[]? Hsts => _application.Hsts;

    /// <summary>
    /// Finds the application that a request is for; called for every request once its head is complete.
    /// </summary>
    /// <param name="authority">Host and port that the request names, as received; empty if it names none.</param>
    /// <param name="path">The request's target in origin form, as received: path and query, or <c>*</c>.</param>
    internal ProxyApplication Find(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        // Both will decide once there are routes by host and path.
        _ = authority;
        _ = path;
        return _application;
    }
}
