namespace WunderProxy.Deployments.Docker;

/// <summary>
/// Thrown when a credential helper of the Docker client is missing or fails. An image that needs no login can still be
/// pulled.
/// </summary>
internal sealed class CredentialHelperException(string message, Exception? cause = null) : Exception(message, cause);
