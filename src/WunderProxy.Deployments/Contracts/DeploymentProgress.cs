namespace WunderProxy.Deployments.Contracts;

/// <summary>One step of progress of a deployment.</summary>
/// <param name="Step">The deployment's state: <c>fetching</c>, <c>pulling</c>, <c>creating</c>, …</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Done">Units done so far, in bytes for a pull; null if not counted.</param>
/// <param name="Total">Units in all; null if unknown.</param>
public sealed record DeploymentProgress(string Step, string Message, long? Done = null, long? Total = null);
