namespace WunderProxy.LoadClient;

/// <summary>The bytes of one request and what its response must be.</summary>
/// <param name="Name">For the report of failures.</param>
/// <param name="Bytes">Head and body.</param>
/// <param name="Check">Says what is wrong with a 200 response; null when nothing is.</param>
public sealed record PlannedRequest(string Name, ReadOnlyMemory<byte> Bytes, Func<Response, string?> Check);
