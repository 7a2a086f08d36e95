using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Launching;

/// <summary>An image on this machine, and how it came here.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Details">What the engine knows of it.</param>
/// <param name="Method"><c>created</c> when it was there, else <c>pulled</c> or <c>loaded</c>.</param>
internal sealed record ProvidedImage(string Name, ImageDetails Details, string Method);
