using WunderProxy.Deployments.Contracts;
using WunderProxy.Instance;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.ManagerApi;

/// <summary>The services that the routes use.</summary>
/// <param name="Status">Reads the present state.</param>
/// <param name="Instance">State of the process.</param>
/// <param name="Control">Carries out pause and drain.</param>
/// <param name="Lifecycle">Manages the containers; null for <c>forward</c>.</param>
/// <param name="Hub">The live stream.</param>
internal sealed record ApiServices(
    StatusReader Status, InstanceState Instance, InstanceControl Control, IContainerLifecycle? Lifecycle, EventHub Hub)
{
    /// <summary>The views of the live stream; the first one has no name.</summary>
    public IReadOnlyList<LiveView> Views { get; init; } = [EventsRoute.Snapshot];

    /// <summary>Whether the API has a token, without which a browser can change nothing.</summary>
    public bool HasToken { get; init; }
}
