using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Instance;

/// <summary>A container together with the upstream by which traffic reaches it.</summary>
/// <param name="Target">The container as the control plane knows it.</param>
/// <param name="Upstream">The upstream of the data plane.</param>
internal sealed record TargetUpstream(TrafficTarget Target, Upstream Upstream);
