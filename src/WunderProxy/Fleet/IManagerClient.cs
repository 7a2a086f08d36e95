using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;

namespace WunderProxy.Fleet;

/// <summary>One manager, as the deploying commands call it.</summary>
internal interface IManagerClient
{
    /// <summary>Name of the manager, as given by the user.</summary>
    string Name { get; }

    /// <summary>Asks for the status, which an instance that cannot serve answers too.</summary>
    /// <exception cref="ManagerCallException">The manager cannot be reached.</exception>
    Task<StatusDocument> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Starts a container and waits until it is healthy.</summary>
    /// <exception cref="ManagerCallException">The manager refused, failed or cannot be reached.</exception>
    Task<LaunchResult> LaunchAsync(string hash, string by, CancellationToken cancellationToken);

    /// <summary>Sends traffic to a launched container.</summary>
    /// <param name="hash">Hash of the launch config.</param>
    /// <param name="by">Name of the deployer.</param>
    /// <param name="guard">How long the manager watches the new upstream; null for its configured time.</param>
    /// <param name="cancellationToken">Cancels the wait; the manager finishes what it was asked to do.</param>
    /// <exception cref="ManagerCallException">The manager refused, failed or cannot be reached.</exception>
    Task<SwitchResult> SwitchAsync(string hash, string by, TimeSpan? guard, CancellationToken cancellationToken);
}
