using WunderProxy.Deployments.Contracts;
using WunderProxy.Forwarding.Upstreams;

namespace WunderProxy.Instance;

/// <summary>A container and the upstream that traffic reaches it by.</summary>
/// <param name="Target">The control plane's view.</param>
/// <param name="Upstream">The data plane's.</param>
internal sealed record TargetUpstream(TrafficTarget Target, Upstream Upstream);
