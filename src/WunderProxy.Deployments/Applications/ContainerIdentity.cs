using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// The rule whose container one is. It is ours when the local record names its id, or when it carries our labels, they
/// are not those of its image, and its name is the one made from them. A container that somebody ran by hand from a
/// committed image, or renamed, carries the labels and is not ours.
/// </summary>
/// <param name="app">The application.</param>
/// <param name="prefix"><c>BUCKET/PREFIX</c>.</param>
internal sealed class ContainerIdentity(string app, string prefix)
{
    /// <summary>Whether the labels name this application and prefix, rightly or not.</summary>
    public bool IsClaimed(IReadOnlyDictionary<string, string>? labels) =>
        labels is not null
        && labels.GetValueOrDefault(ContainerLabels.AppLabel) == app
        && labels.GetValueOrDefault(ContainerLabels.PrefixLabel) == prefix;

    /// <summary>Whether labels and name agree as they do on containers that we make. The image's labels remain to be asked for.</summary>
    public bool IsNamedAsLabelled(IReadOnlyDictionary<string, string>? labels, string name) =>
        IsClaimed(labels)
        && ContainerClaim.Read(labels!) is { } claim
        && ContainerName.IsMadeFrom(name, app, claim.Revision, claim.Hash);

    /// <summary>
    /// Whether a container may have its labels from its image. An image made from a container of ours, which a launch
    /// config then uses, has another launch config's hash.
    /// </summary>
    public static bool IsInherited(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string>? imageLabels) =>
        imageLabels?.GetValueOrDefault(ContainerLabels.HashLabel) is { } hash
        && hash == labels.GetValueOrDefault(ContainerLabels.HashLabel);

    /// <summary>A container's own name; links of other containers to it stand in the same list as <c>/other/alias</c>.</summary>
    public static string NameOf(ContainerSummary summary) =>
        (summary.Names ?? []).Select(name => name.TrimStart('/')).FirstOrDefault(name => !name.Contains('/', StringComparison.Ordinal))
        ?? summary.Id;
}
