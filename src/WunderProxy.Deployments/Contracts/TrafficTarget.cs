using System.Net;

namespace WunderProxy.Deployments.Contracts;

/// <summary>A place that traffic can be sent to: one container of one launch config.</summary>
/// <param name="EndPoint">Address that the proxy connects to.</param>
/// <param name="ContainerId">Full id of the container.</param>
/// <param name="Hash">SHA-256 launch config hash, lower-case hex.</param>
/// <param name="Revision">The application's own name for it.</param>
public sealed record TrafficTarget(EndPoint EndPoint, string ContainerId, string Hash, string Revision);
