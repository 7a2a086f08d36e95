namespace WunderProxy.Deployments.Contracts;

/// <summary>The certificates that are ordered from an ACME server, for <c>/status</c>.</summary>
/// <param name="Directory">URL of the server's directory.</param>
/// <param name="Shared">Whether accounts and certificates are shared with other instances through the store.</param>
/// <param name="Hosts">The state of each host's certificate.</param>
public sealed record CertificateOrdersView(string Directory, bool Shared, IReadOnlyList<OrderedCertificateView> Hosts)
{
    /// <summary>Warnings that an operator should see.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The warnings without words of the server, for callers without rights.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<string> PublicWarnings { get; init; } = [];

    /// <summary>Returns what callers without rights may see: nothing that the server said.</summary>
    public CertificateOrdersView ForAnybody() => this with
    {
        Hosts = [.. Hosts.Select(host => host with { LastError = host.PublicError })],
        Warnings = PublicWarnings,
    };
}
