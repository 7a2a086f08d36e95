using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// The rule that decides whether a container is ours. It is if the local record names its id, or if it carries our
/// labels, these do not come from its image, and its name is the one made from them. A container that somebody ran from
/// a committed image, or renamed, carries the labels but is not ours.
/// </summary>
/// <param name="app">Name of the application.</param>
/// <param name="prefix">Bucket and prefix: <c>BUCKET/PREFIX</c>.</param>
internal sealed class ContainerIdentity(string app, string prefix)
{
    /// <summary>Whether the labels name this application and prefix, rightly or not.</summary>
    public bool IsClaimed(IReadOnlyDictionary<string, string>? labels) =>
        labels is not null
        && labels.GetValueOrDefault(ContainerLabels.AppLabel) == app
        && labels.GetValueOrDefault(ContainerLabels.PrefixLabel) == prefix;

    /// <summary>
    /// Whether labels and name agree as they do on our containers; the image's labels must be checked in addition.
    /// </summary>
    public bool IsNamedAsLabelled(IReadOnlyDictionary<string, string>? labels, string name) =>
        IsClaimed(labels)
        && ContainerClaim.Read(labels!) is { } claim
        && ContainerName.IsMadeFrom(name, app, claim.Revision, claim.Hash);

    /// <summary>
    /// Whether a container may have its labels from its image. An image made from one of our containers and used by a
    /// launch config carries the hash of another launch config.
    /// </summary>
    public static bool IsInherited(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string>? imageLabels) =>
        imageLabels?.GetValueOrDefault(ContainerLabels.HashLabel) is { } hash
        && hash == labels.GetValueOrDefault(ContainerLabels.HashLabel);

    /// <summary>
    /// Returns a container's own name; the list also contains links from other containers, as <c>/other/alias</c>.
    /// </summary>
    public static string NameOf(ContainerSummary summary) =>
        (summary.Names ?? []).Select(name => name.TrimStart('/')).FirstOrDefault(name => !name.Contains('/', StringComparison.Ordinal))
        ?? summary.Id;
}
