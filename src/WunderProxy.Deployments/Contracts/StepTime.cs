namespace WunderProxy.Deployments.Contracts;

/// <summary>How long one step of an operation took.</summary>
/// <param name="Step">Name of the step: <c>fetching</c>, <c>pulling</c>, <c>creating</c>, <c>starting</c>, …</param>
/// <param name="Seconds">Duration of the step in seconds.</param>
public sealed record StepTime(string Step, double Seconds);
