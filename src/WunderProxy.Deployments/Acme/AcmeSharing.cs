using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme;

/// <summary>Where instances share certificates.</summary>
/// <param name="Store">The store.</param>
/// <param name="Prefix">Start of the keys.</param>
public sealed record AcmeSharing(IObjectStore Store, string Prefix);
