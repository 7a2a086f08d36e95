namespace WunderProxy.ManagerApi;

/// <summary>Answer of <c>/pause</c>, <c>/resume</c>, <c>/drain</c> and <c>/undrain</c>: what holds now.</summary>
/// <param name="Status">The word that <c>/status</c> has.</param>
/// <param name="Paused">Whether new requests wait.</param>
/// <param name="Draining">Whether load balancers are asked to leave.</param>
internal sealed record StateDocument(string Status, bool Paused, bool Draining);
