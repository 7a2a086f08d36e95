namespace WunderProxy.Deployments.Contracts;

/// <summary>The result of one probe, as evidence.</summary>
/// <param name="At">When the probe began.</param>
/// <param name="Result">
/// Reason code of the result: <c>ok</c>, <c>refused</c>, <c>timeout</c>, <c>status_503</c>, …
/// </param>
/// <param name="Seconds">Duration of the probe in seconds.</param>
public sealed record ProbeView(DateTimeOffset At, string Result, double Seconds)
{
    /// <summary>Where a redirect led, with secrets masked; null if the answer was no redirect.</summary>
    public string? Location { get; init; }
}
