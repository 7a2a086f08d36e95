namespace WunderProxy.Forwarding.Diagnostics;

/// <summary>How an exchange failed: why, by whom, in which phase and with which status.</summary>
/// <param name="Cause">
/// Name of the cause for programs, in snake case, such as <c>connect_refused</c>; <c>application_error</c> for an answer of
/// the application with status 500 to 599.
/// </param>
/// <param name="Side">The side that caused the failure: <c>client</c>, <c>application</c> or <c>proxy</c>.</param>
/// <param name="Phase">
/// Where the exchange was: <c>request</c>, <c>waiting</c>, <c>connect</c>, <c>response_head</c> or <c>response_body</c>.
/// </param>
/// <param name="Status">Status that was answered, or counted if none could be.</param>
/// <param name="Upstream">Label of the upstream; empty if the exchange reached none.</param>
public readonly record struct FailureKind(string Cause, string Side, string Phase, int Status, string Upstream);
