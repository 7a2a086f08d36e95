using System.Net;

namespace WunderProxy.Deployments.Docker;

/// <summary>Thrown when the engine answers with an error.</summary>
public class DockerEngineException : Exception
{
    /// <summary>Creates an exception from the engine's answer.</summary>
    /// <param name="statusCode">Status of the engine's answer; 200 for an error inside a stream.</param>
    /// <param name="message">The engine's own message.</param>
    public DockerEngineException(HttpStatusCode statusCode, string message)
        : base(message) => StatusCode = statusCode;

    /// <summary>Status of the engine's answer; 200 for an error inside a stream.</summary>
    public HttpStatusCode StatusCode { get; }
}
