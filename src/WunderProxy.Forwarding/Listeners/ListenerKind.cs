namespace WunderProxy.Forwarding.Listeners;

/// <summary>
/// The protocol of a listener's clients, and the server that answers them. Each server takes the listeners of the kinds
/// that it knows. The listeners of a kind with a higher value are bound first.
/// </summary>
public enum ListenerKind
{
    /// <summary>HTTP in plain text, forwarded to the application.</summary>
    Proxy,

    /// <summary>HTTP over TLS, forwarded to the application.</summary>
    Tls,

    /// <summary>HTTP in plain text, redirected to the same address with <c>https</c>.</summary>
    Redirect,

    /// <summary>HTTP, over TLS if the API has a certificate, answered by the manager API.</summary>
    Api,

    /// <summary>HTTP, over TLS if the API has a certificate, answered by the few routes that load balancers need.</summary>
    Status,
}
