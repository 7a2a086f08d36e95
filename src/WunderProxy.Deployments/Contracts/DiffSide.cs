namespace WunderProxy.Deployments.Contracts;

/// <summary>One of two launch configs that are compared.</summary>
/// <param name="Hash">SHA-256 hash of the launch config.</param>
/// <param name="Revision">Revision of the launch config.</param>
/// <param name="Measured">What was measured of it; null if nothing was.</param>
public sealed record DiffSide(string Hash, string Revision, Measured? Measured = null);
