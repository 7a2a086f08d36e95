namespace WunderProxy.Deployments.Contracts;

/// <summary>A circuit as <c>/status</c> tells it.</summary>
/// <param name="State"><c>closed</c>, <c>open</c> or <c>half-open</c>.</param>
/// <param name="Since">When the part began to answer, or ceased to.</param>
/// <param name="NextTry">When it is tried again; null unless open.</param>
public sealed record CircuitView(string State, DateTimeOffset Since, DateTimeOffset? NextTry);
