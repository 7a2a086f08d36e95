namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>A period of time (RFC 9773 section 4.2).</summary>
/// <param name="Start">Start of the period.</param>
/// <param name="End">End of the period.</param>
internal sealed record RenewalWindow(DateTimeOffset Start, DateTimeOffset End);
