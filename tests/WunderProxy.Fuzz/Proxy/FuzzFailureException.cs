namespace WunderProxy.Fuzz.Proxy;

/// <summary>An invariant that did not hold.</summary>
internal sealed class FuzzFailureException(string message) : Exception(message);
