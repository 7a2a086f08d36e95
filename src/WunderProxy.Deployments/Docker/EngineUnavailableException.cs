namespace WunderProxy.Deployments.Docker;

/// <summary>
/// Thrown when the engine cannot be reached, does not answer in time, or speaks no supported API version.
/// </summary>
public sealed class EngineUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException);
