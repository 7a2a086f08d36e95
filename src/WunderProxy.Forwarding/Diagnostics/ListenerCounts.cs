namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Connections of clients at one listener since start.</summary>
/// <param name="Listener">What the listener is for: <c>proxy</c>, <c>tls</c>, <c>redirect</c>, <c>api</c> or <c>status</c>.</param>
/// <param name="Accepted">Connections accepted, those refused included.</param>
/// <param name="Refused">Connections answered with 503 because the limit of connections was reached.</param>
public readonly record struct ListenerCounts(string Listener, long Accepted, long Refused);
