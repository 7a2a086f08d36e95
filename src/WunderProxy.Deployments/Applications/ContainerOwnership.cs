using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Decides who owns a container of the engine, from <see cref="ContainerIdentity"/>, the local record and the
/// container's image.
/// </summary>
internal sealed class ContainerOwnership(ContainerIdentity identity, Func<LifecycleRecord> record, EngineImages images)
{
    /// <summary>Whether a container's labels name this application, rightly or not.</summary>
    public bool IsClaimed(ContainerSummary summary) => identity.IsClaimed(summary.Labels);

    /// <summary>Returns the owner of a listed container.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not answer.</exception>
    public Task<ContainerOwner> JudgeAsync(ContainerSummary summary, CancellationToken cancellationToken) => JudgeAsync(
        summary.Id, ContainerIdentity.NameOf(summary), summary.ImageID, summary.Labels, cancellationToken);

    /// <summary>Returns the owner of an inspected container.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not answer.</exception>
    public Task<ContainerOwner> JudgeAsync(ContainerDetails container, CancellationToken cancellationToken) => JudgeAsync(
        container.Id, container.Name.TrimStart('/'), container.Image, container.Labels, cancellationToken);

    private async Task<ContainerOwner> JudgeAsync(
        string id, string name, string image, IReadOnlyDictionary<string, string>? labels, CancellationToken cancellationToken)
    {
        if (record().Names(id))
        {
            return ContainerOwner.Ours;
        }

        if (!identity.IsClaimed(labels))
        {
            return ContainerOwner.Other;
        }

        return identity.IsNamedAsLabelled(labels, name) && await IsOwnLabelledAsync(image, labels!, cancellationToken)
            ? ContainerOwner.Ours
            : ContainerOwner.Foreign;
    }

    /// <summary>
    /// Whether the labels are the container's own, not its image's; an image that cannot be read proves nothing.
    /// </summary>
    private async Task<bool> IsOwnLabelledAsync(
        string image, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        try
        {
            var details = image.Length == 0 ? null : await images.FindAsync(image, cancellationToken);
            return details is not null && !ContainerIdentity.IsInherited(labels, details.Labels);
        }
        catch (DockerEngineException)
        {
            return false;
        }
    }
}
