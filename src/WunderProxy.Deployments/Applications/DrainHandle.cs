using WunderProxy.Deployments.Contracts;

namespace WunderProxy.Deployments.Applications;

/// <summary>A drain in progress, with the means to cancel it.</summary>
/// <param name="Traffic">What the data plane still has in flight.</param>
/// <param name="Cancellation">Cancelled when the deployment is wanted again.</param>
/// <param name="Since">When the deployment stopped being current.</param>
/// <param name="Began">The same moment as a timestamp of the clock, which stays right when the time of day is set.</param>
internal sealed record DrainHandle(ITrafficDrain Traffic, CancellationTokenSource Cancellation, DateTimeOffset Since, long Began);
