using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;
using WunderProxy.Fleet;

namespace WunderProxy.Cli;

/// <summary>Turns failures of a store, its documents or a fleet into the error of a failed command.</summary>
internal static class StoreQuery
{
    /// <summary>Runs a query or change of the store, or a deploy on a fleet.</summary>
    /// <exception cref="CommandFailedException">
    /// The store or a manager failed or refused, or what was asked for is missing.
    /// </exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> query)
    {
        try
        {
            return await query();
        }
        catch (Exception exception) when (exception
            is ObjectStoreException or LaunchConfigNotFoundException or HashMismatchException
            or InvalidLaunchConfigException or HistoryEmptyException or LeaseHeldException or FleetException)
        {
            throw new CommandFailedException(exception.Message);
        }
    }
}
