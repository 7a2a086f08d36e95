using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Applications;

/// <summary>A drain under way, and the means to call it off.</summary>
/// <param name="Traffic">What the data plane still has in flight.</param>
/// <param name="Cancellation">Cancelled when the deployment is wanted again.</param>
/// <param name="Since">When it stopped being current.</param>
internal sealed record DrainHandle(ITrafficDrain Traffic, CancellationTokenSource Cancellation, DateTimeOffset Since);
