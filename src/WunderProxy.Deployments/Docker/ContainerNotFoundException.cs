using System.Net;

namespace WunderProxy.Deployments.Docker;

/// <summary>Thrown when the engine has no container with the given id.</summary>
public sealed class ContainerNotFoundException(string message) : DockerEngineException(HttpStatusCode.NotFound, message);
