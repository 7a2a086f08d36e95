namespace WunderProxy.Deployments.Contracts;

/// <summary>A circuit as shown in <c>/status</c>.</summary>
/// <param name="State"><c>closed</c>, <c>open</c> or <c>half-open</c>.</param>
/// <param name="Since">When the engine or store began to answer, or stopped answering.</param>
/// <param name="NextTry">When the next try follows; null unless the circuit is open.</param>
public sealed record CircuitView(string State, DateTimeOffset Since, DateTimeOffset? NextTry);
