namespace WunderProxy.ManagerApi.Traffic;

/// <summary>What a revision did: the one in service, one that drains, or one of the last hour.</summary>
/// <param name="Hash">SHA-256 hash of the launch config; empty for <c>forward</c>.</param>
/// <param name="Revision">The application's own name for what is deployed; empty for <c>forward</c>.</param>
/// <param name="State"><c>current</c>, <c>draining</c> or <c>previous</c>.</param>
/// <param name="InFlight">Number of exchanges and tunnels.</param>
/// <param name="Windows">What happened until now.</param>
internal sealed record RevisionView(string Hash, string Revision, string State, int InFlight, WindowsView Windows);
