namespace WunderProxy.Deployments.Lifecycle;

/// <summary>What one target has served.</summary>
/// <param name="Requests">Exchanges that ended.</param>
/// <param name="ServerErrors">Those answered 500 to 599, whoever made the answer.</param>
/// <param name="GatewayErrors">The 502 and 504 among them that the proxy made.</param>
/// <param name="P95Seconds">95 of 100 exchanges took no longer.</param>
public sealed record TrafficReport(long Requests, long ServerErrors, long GatewayErrors, double P95Seconds);
