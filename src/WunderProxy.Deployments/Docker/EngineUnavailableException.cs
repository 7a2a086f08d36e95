namespace WunderProxy.Deployments.Docker;

/// <summary>The engine cannot be reached, does not answer in time, or speaks no version that we know.</summary>
public sealed class EngineUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException);
