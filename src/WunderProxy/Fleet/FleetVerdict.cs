namespace WunderProxy.Fleet;

/// <summary>How the watch of one manager ended.</summary>
/// <param name="Manager">Position of the manager in the list of managers.</param>
/// <param name="Kind">What follows from the verdict.</param>
/// <param name="Reason">The evidence, or why there is no verdict; empty if the new revision is not worse.</param>
internal sealed record FleetVerdict(int Manager, FleetVerdictKind Kind, string Reason);
