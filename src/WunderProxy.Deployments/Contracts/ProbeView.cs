namespace WunderProxy.Deployments.Contracts;

/// <summary>One probe as evidence.</summary>
/// <param name="At">When it began.</param>
/// <param name="Result">Its reason code: <c>ok</c>, <c>refused</c>, <c>timeout</c>, <c>status_503</c>, …</param>
/// <param name="Seconds">How long it took.</param>
public sealed record ProbeView(DateTimeOffset At, string Result, double Seconds);
