using System.Net;

namespace WunderProxy.Deployments.Docker;

/// <summary>Thrown when the engine answers a call with an error, or with something that cannot be read.</summary>
public class DockerEngineException : Exception
{
    /// <summary>Creates an exception from the engine's answer.</summary>
    /// <param name="statusCode">
    /// Status of the engine's answer; 200 for an error inside a stream and for an answer that cannot be read.
    /// </param>
    /// <param name="message">The engine's own message.</param>
    /// <param name="innerException">The cause, if there is another.</param>
    public DockerEngineException(HttpStatusCode statusCode, string message, Exception? innerException = null)
        : base(message, innerException) => StatusCode = statusCode;

    /// <summary>
    /// Status of the engine's answer; 200 for an error inside a stream and for an answer that cannot be read.
    /// </summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>Creates the exception for an answer that is not as the Engine API defines it.</summary>
    internal static DockerEngineException Unreadable(Exception fault) =>
        new(HttpStatusCode.OK, $"the engine's answer cannot be read: {fault.Message}", fault);
}
