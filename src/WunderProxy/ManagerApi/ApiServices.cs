using WunderProxy.Deployments.Contracts;
using WunderProxy.Instance;

namespace WunderProxy.ManagerApi;

/// <summary>What the routes work on.</summary>
/// <param name="Status">State of the moment.</param>
/// <param name="Instance">The process.</param>
/// <param name="Control">Pause and drain.</param>
/// <param name="Lifecycle">Containers; null for <c>forward</c>.</param>
internal sealed record ApiServices(
    StatusReader Status, InstanceState Instance, InstanceControl Control, IContainerLifecycle? Lifecycle);
