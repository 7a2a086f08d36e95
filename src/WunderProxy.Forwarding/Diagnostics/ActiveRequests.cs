namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>Requests whose head is complete and whose exchange has not ended.</summary>
/// <param name="Method">A method of RFC 9110 or PATCH; <c>_OTHER</c> for every other one.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>, as the client spoke.</param>
/// <param name="Count">How many; not 0.</param>
public readonly record struct ActiveRequests(string Method, string Scheme, int Count);
