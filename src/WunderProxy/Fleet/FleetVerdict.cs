namespace WunderProxy.Fleet;

/// <summary>How the watch of one manager ended.</summary>
/// <param name="Manager">The manager's place among the managers.</param>
/// <param name="Kind">What follows from the verdict.</param>
/// <param name="Reason">The evidence, or why there is no verdict; empty when all is well.</param>
internal sealed record FleetVerdict(int Manager, FleetVerdictKind Kind, string Reason);
