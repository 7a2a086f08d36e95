using WunderProxy.Deployments.Contracts;

namespace WunderProxy.ManagerApi;

/// <summary>The last line of a progress stream that ended well.</summary>
/// <param name="Result">What was done.</param>
internal sealed record FinalLine(DeployResult Result);
