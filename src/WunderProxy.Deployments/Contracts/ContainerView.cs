namespace WunderProxy.Deployments.Contracts;

/// <summary>One container as <c>GET /containers</c> shows it.</summary>
/// <param name="Id">Full container id.</param>
/// <param name="Name">Its name, without a slash.</param>
/// <param name="Hash">SHA-256 launch config hash; empty when foreign.</param>
/// <param name="Revision">The application's own name for it.</param>
/// <param name="State"><c>current</c>, <c>launched</c>, <c>draining</c>, <c>kept</c> or <c>foreign</c>.</param>
/// <param name="Address">Where the proxy reaches it; empty when it does not run.</param>
/// <param name="Health"><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>.</param>
/// <param name="Image">The image's name.</param>
/// <param name="CreatedAt">When the engine created it.</param>
public sealed record ContainerView(
    string Id,
    string Name,
    string Hash,
    string Revision,
    string State,
    string Address,
    string Health,
    string Image,
    DateTimeOffset CreatedAt)
{
    /// <summary>What a caller without the rights of a changing call may know: neither address nor image.</summary>
    public ContainerView ForAnybody() => this with { Address = "", Image = "" };
}
