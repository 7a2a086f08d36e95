using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>The last line of a progress stream after success.</summary>
/// <param name="Result">The result of the deployment.</param>
internal sealed record FinalLine(DeployResult Result);
