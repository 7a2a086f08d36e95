namespace WunderProxy.LoadClient;

/// <summary>The bytes of one request, and the check of its response.</summary>
/// <param name="Name">Name of the request in the report of failures.</param>
/// <param name="Bytes">Head and body of the request.</param>
/// <param name="Check">Returns what is wrong with a 200 response, or null if nothing is.</param>
public sealed record PlannedRequest(string Name, ReadOnlyMemory<byte> Bytes, Func<Response, string?> Check);
