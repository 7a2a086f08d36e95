using System.Net;

namespace WunderProxy.Deployments.Docker;

/// <summary>The engine has no such container.</summary>
public sealed class ContainerNotFoundException(string message) : DockerEngineException(HttpStatusCode.NotFound, message);
