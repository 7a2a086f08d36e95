namespace WunderProxy.Deployments.Contracts;

/// <summary>One line of progress.</summary>
/// <param name="Step">The deployment's state: <c>fetching</c>, <c>pulling</c>, <c>creating</c>, …</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Done">Units done, bytes when pulling; null when not counted.</param>
/// <param name="Total">Units in all; null when not known.</param>
public sealed record DeploymentProgress(string Step, string Message, long? Done = null, long? Total = null);
