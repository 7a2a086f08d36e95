using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Launching;

/// <summary>An image on this machine, and how it got there.</summary>
/// <param name="Name">Name of the image.</param>
/// <param name="Details">The engine's description of the image.</param>
/// <param name="Method">Created if the image was present, else pulled or loaded.</param>
internal sealed record ProvidedImage(string Name, ImageDetails Details, LaunchMethod Method);
