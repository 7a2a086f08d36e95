namespace WunderProxy.Deployments.Contracts;

/// <summary>One deployment in care, for metrics.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">The application's own name for what is deployed.</param>
/// <param name="ImageId">The engine's id of the image, a digest; empty if unknown.</param>
/// <param name="State">
/// <c>current</c>, <c>launched</c>, <c>draining</c> or <c>kept</c>; <c>down</c> for what should be in service and has no
/// container that can be reached.
/// </param>
public sealed record ReleaseView(string Hash, string Revision, string ImageId, string State);
