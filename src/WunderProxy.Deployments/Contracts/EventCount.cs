namespace WunderProxy.Deployments.Contracts;

/// <summary>How often something of one kind happened with one result since the process started.</summary>
/// <param name="Kind">What happened; from a bounded set of names.</param>
/// <param name="Result">How it ended; from a bounded set of names, empty if there is only one result.</param>
/// <param name="Count">Number of events counted so far.</param>
public sealed record EventCount(string Kind, string Result, long Count);
