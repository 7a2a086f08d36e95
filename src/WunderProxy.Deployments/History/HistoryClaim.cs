using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.History;

/// <summary>
/// The right to write one deployment into the history; to be disposed when it is written or given up.
/// </summary>
public sealed class HistoryClaim : IAsyncDisposable
{
    private readonly HistoryRepository _repository;
    private readonly DeployerLease? _lease;

    internal HistoryClaim(HistoryRepository repository, DeployerLease? lease) =>
        (_repository, _lease) = (repository, lease);

    /// <summary>Whether <c>history.json</c> says what the last call wanted, though <c>current.json</c> may not yet.</summary>
    public bool IsHistoryWritten { get; internal set; }

    /// <summary>Whether the last call changed <c>history.json</c>; false when it said the same already.</summary>
    public bool HasChanged { get; internal set; }

    /// <summary>
    /// Writes <c>history.json</c>, then <c>current.json</c>. May be repeated after a failure, or by the next start:
    /// what is there already is not written twice.
    /// </summary>
    /// <returns>
    /// The entry that was made or gone back to; null when it has left the history meanwhile, or was withdrawn.
    /// </returns>
    /// <exception cref="LeaseHeldException">Others wrote at the same time, five times; nothing was written.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    /// <exception cref="LaunchConfigNotFoundException">The last entry's config is not in the store.</exception>
    public Task<HistoryEntry?> ApplyAsync(DeploymentIntent intent, CancellationToken cancellationToken) =>
        _repository.ApplyAsync(intent, this, _lease, cancellationToken);

    /// <summary>Gives the lease back, when there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
        {
            await _lease.DisposeAsync();
        }
    }
}
