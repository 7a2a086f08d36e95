namespace WunderProxy.ManagerApi.Explanations;

/// <summary>Exchanges of the last ten minutes that failed in the same way.</summary>
/// <param name="Cause">Name of the cause for programs; <c>application_error</c> for an answer of the application with 5xx.</param>
/// <param name="Side">The side that caused it: <c>client</c>, <c>application</c> or <c>proxy</c>.</param>
/// <param name="Phase">Where the exchange was: <c>request</c>, <c>waiting</c>, <c>connect</c>, <c>response_head</c>, <c>response_body</c>.</param>
/// <param name="Status">Status that was answered, or counted if none could be.</param>
/// <param name="Revision">Revision that was asked; empty if none was.</param>
/// <param name="Count">Number of exchanges.</param>
/// <param name="First">Start of the first minute in which there were any.</param>
/// <param name="Last">Start of the last minute in which there were any.</param>
internal sealed record ErrorGroup(
    string Cause, string Side, string Phase, int Status, string Revision, long Count, DateTimeOffset First, DateTimeOffset Last);
