namespace WunderProxy.Deployments.Acme;

/// <summary>How long the server asked to be left alone, by host: a restart must not forget that.</summary>
/// <param name="Until">When each host may be tried again.</param>
internal sealed record PausesDocument(IReadOnlyDictionary<string, DateTimeOffset>? Until);
