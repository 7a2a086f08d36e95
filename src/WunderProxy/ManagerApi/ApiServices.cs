using WunderProxy.Deployments.Contracts;
using WunderProxy.Instance;

namespace WunderProxy.ManagerApi;

/// <summary>The services that the routes use.</summary>
/// <param name="Status">Reads the present state.</param>
/// <param name="Instance">State of the process.</param>
/// <param name="Control">Carries out pause and drain.</param>
/// <param name="Lifecycle">Manages the containers; null for <c>forward</c>.</param>
internal sealed record ApiServices(
    StatusReader Status, InstanceState Instance, InstanceControl Control, IContainerLifecycle? Lifecycle);
