namespace WunderProxy.Forwarding.Listeners;

/// <summary>
/// What the clients of a listener speak, and which server answers them. A further kind of client, such as one that speaks TLS
/// first, is a further value; each server takes the listeners of the kinds that it knows.
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
