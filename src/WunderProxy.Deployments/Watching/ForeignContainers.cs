using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WunderProxy.Deployments.Applications;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Watching;

/// <summary>
/// Containers that look like ours but are not: they carry our labels without proof, or have the form of the old tool
/// without a history entry. They are listed, but never started, stopped, served or removed.
/// </summary>
internal sealed class ForeignContainers(
    DeploymentTable table, ContainerOwnership ownership, ImageNames images, ILogger log)
{
    private readonly ConcurrentDictionary<string, byte> _told = new(StringComparer.Ordinal);

    /// <summary>Finds the foreign containers among all containers of the engine and stores them for listing.</summary>
    public async Task NoteAsync(IReadOnlyList<ContainerSummary> all, CancellationToken cancellationToken)
    {
        var foreign = new List<ContainerView>();
        foreach (var summary in all.Where(summary => table.FindContainer(summary.Id) is null))
        {
            var isClaimed = ownership.IsClaimed(summary);
            if (isClaimed
                ? await ownership.JudgeAsync(summary, cancellationToken) == ContainerOwner.Foreign
                : HasFormOfOldTool(summary))
            {
                foreign.Add(ToView(summary, isClaimed ? "" : ContainerIdentity.NameOf(summary)));
                Tell(summary, isClaimed);
            }
        }

        table.SetForeign(foreign);
    }

    /// <summary>Whether a container can be one of the old tool, which wrote no labels.</summary>
    public bool IsOfOldTool(ContainerSummary summary) =>
        summary.Labels?.ContainsKey(ContainerLabels.AppLabel) != true && HasFormOfOldTool(summary);

    private bool HasFormOfOldTool(ContainerSummary summary) =>
        summary.Image == images.Default(ContainerIdentity.NameOf(summary));

    private void Tell(ContainerSummary summary, bool isClaimed)
    {
        if (isClaimed && _told.TryAdd(summary.Id, 0))
        {
            DeploymentLog.ForeignFound(log, ContainerIdentity.NameOf(summary), summary.Image);
        }
    }

    private static ContainerView ToView(ContainerSummary summary, string revision) => new(
        summary.Id,
        ContainerIdentity.NameOf(summary),
        "",
        revision,
        "foreign",
        "",
        "unknown",
        summary.Image,
        DateTimeOffset.FromUnixTimeSeconds(summary.Created));
}
