namespace WunderProxy.Deployments.Contracts;

/// <summary>How many exchanges took about as long.</summary>
/// <param name="UpToSeconds">None of them took longer; the bounds are the same in every report.</param>
/// <param name="Count">How many.</param>
public readonly record struct TimeCount(double UpToSeconds, long Count);
