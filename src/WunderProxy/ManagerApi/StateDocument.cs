namespace WunderProxy.ManagerApi;

/// <summary>
/// The answer to <c>/pause</c>, <c>/resume</c>, <c>/drain</c> and <c>/undrain</c>: the resulting state.
/// </summary>
/// <param name="Status">The word that <c>/status</c> shows.</param>
/// <param name="Paused">Whether new requests wait.</param>
/// <param name="Draining">Whether load balancers are asked to leave.</param>
internal sealed record StateDocument(string Status, bool Paused, bool Draining);
