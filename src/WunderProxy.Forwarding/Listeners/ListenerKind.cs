namespace WunderProxy.Forwarding.Listeners;

/// <summary>
/// The protocol of a listener's clients, and the server that answers them. Another kind of client, such as one that
/// begins with TLS, becomes another value; each server takes the listeners of the kinds that it knows.
/// </summary>
public enum ListenerKind
{
    /// <summary>HTTP in plain text, forwarded to the application.</summary>
    Proxy,

    /// <summary>HTTP in plain text, answered by the manager API.</summary>
    Api,

    /// <summary>HTTP in plain text, answered by the few routes that load balancers need.</summary>
    Status,
}
