using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Machines;

/// <summary>
/// Finds the container whose network a container uses: its own, or with <c>NetworkMode: container:X</c> that of another
/// one.
/// </summary>
internal static class NetworkOwner
{
    /// <summary>The network mode of a container that uses the machine's own network.</summary>
    public const string HostMode = "host";

    private const string Shared = "container:";

    /// <summary>Longest chain of containers that share one network, each through the next.</summary>
    private const int MaxDepth = 8;

    /// <summary>Follows the chain to the container that owns the network.</summary>
    /// <returns>The owner, or null if a container of the chain does not run or the chain has no end.</returns>
    public static async Task<ContainerDetails?> FindAsync(
        DockerEngineClient engine, ContainerDetails container, CancellationToken cancellationToken)
    {
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            var mode = container.NetworkMode;
            if (!mode.StartsWith(Shared, StringComparison.Ordinal))
            {
                return container;
            }

            try
            {
                container = await engine.InspectContainerAsync(mode[Shared.Length..], cancellationToken);
            }
            catch (ContainerNotFoundException)
            {
                return null;
            }

            if (!container.State.Running)
            {
                return null;
            }
        }

        return null;
    }
}
