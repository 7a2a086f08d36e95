namespace WunderProxy.Deployments.Contracts;

/// <summary>The answer to a call that cuts a drain short.</summary>
/// <param name="Hash">SHA-256 hash of the launch config whose drain was cut short.</param>
/// <param name="Revision">The application's own name for what was deployed.</param>
/// <param name="Exchanges">Number of ordinary exchanges that were ended.</param>
/// <param name="EventStreams">Number of event streams that were ended.</param>
/// <param name="LongResponses">Number of long responses that were ended.</param>
/// <param name="Upgraded">Number of tunnels that were ended.</param>
/// <param name="Seconds">How long the ends took.</param>
public sealed record DrainEndResult(
    string Hash, string Revision, int Exchanges, int EventStreams, int LongResponses, int Upgraded, double Seconds);
