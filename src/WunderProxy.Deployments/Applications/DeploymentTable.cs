using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Applications;

/// <summary>The containers in care, and foreign ones seen beside them.</summary>
internal sealed class DeploymentTable
{
    private readonly Lock _lock = new();
    private readonly List<Deployment> _deployments = [];
    private IReadOnlyList<ContainerView> _foreign = [];

    /// <summary>A copy of all deployments, in the order in which they were added.</summary>
    public IReadOnlyList<Deployment> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _deployments];
            }
        }
    }

    /// <summary>The deployment in service, running or not; null before the first switch.</summary>
    public Deployment? Current => All.FirstOrDefault(d => d.State == DeploymentState.Current);

    public void Add(Deployment deployment)
    {
        lock (_lock)
        {
            _deployments.Add(deployment);
        }
    }

    public void Remove(Deployment deployment)
    {
        lock (_lock)
        {
            _deployments.Remove(deployment);
        }
    }

    /// <summary>Stores the foreign containers that <c>GET /containers</c> lists.</summary>
    public void SetForeign(IReadOnlyList<ContainerView> foreign) => Volatile.Write(ref _foreign, foreign);

    public Deployment? FindContainer(string id) => All.FirstOrDefault(d => d.Replica.Id.Value == id);

    /// <summary>Returns the deployments of one launch config, the newest first.</summary>
    public IReadOnlyList<Deployment> FindByReference(LaunchConfigReference reference) =>
        [.. All.Where(d => d.IsOf(reference)).OrderByDescending(d => d.Replica.CreatedAt)];

    /// <summary>Returns what <c>GET /containers</c> shows.</summary>
    public IReadOnlyList<ContainerView> ToViews() =>
        [.. All.Where(d => !d.Replica.Id.IsEmpty).Select(ToView), .. Volatile.Read(ref _foreign)];

    /// <summary>Returns the deployments as metrics show them, read without I/O.</summary>
    public IReadOnlyList<ReleaseView> ToReleases() =>
        [.. All.Where(d => !d.Replica.Id.IsEmpty).Select(d => new ReleaseView(
            d.Hash.Value,
            d.Revision,
            d.ImageId,
            d is { State: DeploymentState.Current, Replica.Address: null } ? "down" : WordOf(d.State)))];

    private static string WordOf(DeploymentState state) => state switch
    {
        DeploymentState.Current => "current",
        DeploymentState.Draining => "draining",
        DeploymentState.Kept => "kept",
        _ => "launched",
    };

    private static ContainerView ToView(Deployment deployment) => new(
        deployment.Replica.Id.Value,
        deployment.Replica.Name,
        deployment.Hash.Value,
        deployment.Revision,
        WordOf(deployment.State),
        deployment.Replica.Address?.ToString() ?? "",
        deployment.Replica.Health.ToWire(),
        deployment.Image,
        deployment.Replica.CreatedAt);
}
