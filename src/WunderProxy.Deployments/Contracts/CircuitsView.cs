namespace WunderProxy.Deployments.Contracts;

/// <summary>The circuits of the parts that we depend on.</summary>
/// <param name="Docker">That of the Docker engine.</param>
/// <param name="Store">That of the object store.</param>
public sealed record CircuitsView(CircuitView Docker, CircuitView Store);
