namespace WunderProxy.Deployments.Contracts;

/// <summary>One container as shown by <c>GET /containers</c>.</summary>
/// <param name="Id">Full container id.</param>
/// <param name="Name">Name of the container, without a slash.</param>
/// <param name="Hash">SHA-256 hash of the launch config; empty for a foreign container.</param>
/// <param name="Revision">The application's own name for what is deployed.</param>
/// <param name="State"><c>current</c>, <c>launched</c>, <c>draining</c>, <c>kept</c> or <c>foreign</c>.</param>
/// <param name="Address">Address by which the proxy reaches the container; empty if it does not run.</param>
/// <param name="Health"><c>healthy</c>, <c>unhealthy</c> or <c>unknown</c>.</param>
/// <param name="Image">Name of the image.</param>
/// <param name="CreatedAt">When the engine created the container.</param>
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
    /// <summary>Returns the view for callers without rights, with neither address nor image.</summary>
    public ContainerView ForAnybody() => this with { Address = "", Image = "" };
}
