using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Cli;

/// <summary>Turns what a store or its documents object to into the one line of a failed command.</summary>
internal static class StoreQuery
{
    /// <summary>Runs something that reads or writes the store.</summary>
    /// <exception cref="CommandFailedException">The store failed, refused, or lacks what was asked for.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> query)
    {
        try
        {
            return await query();
        }
        catch (Exception exception) when (exception
            is ObjectStoreException or LaunchConfigNotFoundException or HashMismatchException
            or InvalidLaunchConfigException or HistoryEmptyException or LeaseHeldException)
        {
            throw new CommandFailedException(exception.Message);
        }
    }
}
