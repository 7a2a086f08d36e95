using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi;

namespace WunderProxy.Fleet;

/// <summary>One manager as the deploying commands see it.</summary>
internal interface IManagerClient
{
    /// <summary>The manager as the user named it.</summary>
    string Name { get; }

    /// <summary>Asks for the state; an unavailable instance answers too.</summary>
    /// <exception cref="ManagerCallException">It cannot be reached.</exception>
    Task<StatusDocument> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Starts a container and waits until it is healthy.</summary>
    /// <exception cref="ManagerCallException">It refused, failed or cannot be reached.</exception>
    Task<LaunchResult> LaunchAsync(string hash, string by, CancellationToken cancellationToken);

    /// <summary>Sends traffic to a launched container.</summary>
    /// <param name="hash">Launch config hash.</param>
    /// <param name="by">Who switches.</param>
    /// <param name="guard">How long the manager watches the new upstream; null for what it is configured to do.</param>
    /// <param name="cancellationToken">Ends the wait; the manager finishes what it was asked.</param>
    /// <exception cref="ManagerCallException">It refused, failed or cannot be reached.</exception>
    Task<SwitchResult> SwitchAsync(string hash, string by, TimeSpan? guard, CancellationToken cancellationToken);
}
