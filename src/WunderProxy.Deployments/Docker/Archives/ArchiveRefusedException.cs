namespace WunderProxy.Deployments.Docker.Archives;

/// <summary>Thrown when an image archive contains something that must not reach the engine.</summary>
/// <param name="message">What is wrong with the archive.</param>
/// <param name="isMismatch">
/// Whether the archive is sound but contains neither the wanted image nor exactly one image.
/// </param>
internal sealed class ArchiveRefusedException(string message, bool isMismatch = false) : IOException(message)
{
    /// <summary>Whether the archive is sound but contains neither the wanted image nor exactly one image.</summary>
    public bool IsMismatch { get; } = isMismatch;
}
