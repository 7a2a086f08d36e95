using System.Net;

namespace WunderProxy.Deployments.Docker;

/// <summary>Thrown when the engine has no container with the given id.</summary>
public sealed class ContainerNotFoundException(string message, Exception? innerException = null)
    : DockerEngineException(HttpStatusCode.NotFound, message, innerException);
