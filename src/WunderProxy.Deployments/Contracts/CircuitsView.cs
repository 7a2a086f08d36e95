namespace WunderProxy.Deployments.Contracts;

/// <summary>The circuits of the engine and of the store, as shown in <c>/status</c>.</summary>
/// <param name="Docker">The circuit of the Docker engine.</param>
/// <param name="Store">The circuit of the object store.</param>
public sealed record CircuitsView(CircuitView Docker, CircuitView Store);
