using System.Net;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Contracts;

/// <summary>A target of traffic: one container of one launch config.</summary>
/// <param name="EndPoint">Address to which the proxy connects.</param>
/// <param name="ContainerId">Full id of the container.</param>
/// <param name="Hash">Hash of the launch config.</param>
/// <param name="Revision">The application's own name for what is deployed.</param>
public sealed record TrafficTarget(EndPoint EndPoint, string ContainerId, LaunchConfigHash Hash, string Revision);
