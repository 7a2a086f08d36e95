namespace WunderProxy.Deployments.Docker.Archives;

/// <summary>An image archive says something that we do not pass on to the engine.</summary>
/// <param name="message">What is wrong with it.</param>
/// <param name="isMismatch">Whether it is sound, and holds neither the wanted image nor exactly one.</param>
internal sealed class ArchiveRefusedException(string message, bool isMismatch = false) : IOException(message)
{
    /// <summary>Whether the archive is sound, and holds neither the wanted image nor exactly one.</summary>
    public bool IsMismatch { get; } = isMismatch;
}
