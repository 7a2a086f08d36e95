using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Records;

namespace WunderProxy.Deployments.Applications;

/// <summary>
/// Finds launch configs. Those of containers in care are known on this machine, so that running containers need no store;
/// the others are read from the store.
/// </summary>
internal sealed class ConfigSource(
    LaunchConfigRepository stored, RecordKeeper record, DeploymentTable table, StoreCondition store, TimeProvider clock)
{
    /// <summary>Longest time that a switch to a running container waits for a store that does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Loads the launch config with a hash, MD5 or SHA-256.</summary>
    /// <exception cref="LaunchConfigNotFoundException">The store has no such launch config.</exception>
    /// <exception cref="HashMismatchException">The stored bytes have another hash.</exception>
    /// <exception cref="InvalidLaunchConfigException">The stored bytes are not a launch config.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store failed.</exception>
    public async Task<LaunchConfig> LoadAsync(LaunchConfigReference reference, CancellationToken cancellationToken) =>
        FindLocal(reference) ?? await stored.LoadAsync(reference, cancellationToken);

    /// <summary>Returns the launch config of a running container, or null if it is not available soon.</summary>
    public async Task<LaunchConfig?> FindAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        if (FindLocal(deployment.Hash) is { } local)
        {
            return local;
        }

        if (store.IsAway)
        {
            return null;
        }

        try
        {
            var loading = stored.LoadAsync(deployment.Hash, cancellationToken);
            return await loading.WaitAsync(Patience, clock, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException || DeploymentFaults.IsKnown(exception))
        {
            // The switch goes ahead without the store; the store tender completes the record when the store answers.
            return null;
        }
    }

    private LaunchConfig? FindLocal(LaunchConfigReference reference)
    {
        var recorded = record.Current.Config;
        return recorded.Length > 0 && reference.Matches(recorded) && LaunchConfig.Find(recorded) is { } config
            ? config
            : table.FindByReference(reference).Select(deployment => deployment.Config).FirstOrDefault(known => known?.Is(reference) == true);
    }
}
