namespace WunderProxy.Deployments.Acme;

/// <summary>How long a server asked to be left alone, by host: a restart must not forget that.</summary>
/// <param name="Directory">URL of the server's directory; another server asked for nothing.</param>
/// <param name="Until">When each host may be tried again.</param>
internal sealed record PausesDocument(string? Directory, IReadOnlyDictionary<string, DateTimeOffset>? Until);
