using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Launching;

/// <summary>An image on this machine, and how it got there.</summary>
/// <param name="Name">Name of the image.</param>
/// <param name="Details">The engine's description of the image.</param>
/// <param name="Method"><c>created</c> if the image was present, else <c>pulled</c> or <c>loaded</c>.</param>
internal sealed record ProvidedImage(string Name, ImageDetails Details, string Method);
