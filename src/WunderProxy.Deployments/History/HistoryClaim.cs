using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// The right to write one deployment to the history; disposed of when the deployment is written or given up.
/// </summary>
public sealed class HistoryClaim : IAsyncDisposable
{
    private readonly HistoryRepository _repository;
    private readonly DeployerLease? _lease;

    internal HistoryClaim(HistoryRepository repository, DeployerLease? lease) =>
        (_repository, _lease) = (repository, lease);

    /// <summary>
    /// Whether <c>history.json</c> has the change of the last call; <c>current.json</c> may still lack it.
    /// </summary>
    public bool IsHistoryWritten { get; internal set; }

    /// <summary>Whether the last call changed <c>history.json</c>; false if the change was already there.</summary>
    public bool HasChanged { get; internal set; }

    /// <summary>
    /// Writes <c>history.json</c>, then <c>current.json</c>. The call may be repeated after a failure or at the next
    /// start; a change that is already there is not written twice.
    /// </summary>
    /// <returns>
    /// The entry that was made or gone back to; null if it has left the history meanwhile or was withdrawn.
    /// </returns>
    /// <exception cref="LeaseHeldException">
    /// Other deployers wrote at the same time, five times in a row; this call wrote nothing.
    /// </exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    /// <exception cref="LaunchConfigNotFoundException">The store lacks the launch config of the last entry.</exception>
    public Task<HistoryEntry?> ApplyAsync(DeploymentIntent intent, CancellationToken cancellationToken) =>
        _repository.ApplyAsync(intent, this, _lease, cancellationToken);

    /// <summary>Releases the lease, if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
        {
            await _lease.DisposeAsync();
        }
    }
}
