using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Machines;

/// <summary>Finds the container whose network a container uses: itself, or with <c>NetworkMode: container:X</c> the other one.</summary>
internal static class NetworkOwner
{
    /// <summary>The network mode of a container that uses the machine's own network.</summary>
    public const string HostMode = "host";

    private const string Shared = "container:";

    /// <summary>Containers that share one network each by way of the next.</summary>
    private const int MaxDepth = 8;

    /// <summary>Follows the chain to its end.</summary>
    /// <returns>Null when a container of the chain does not run, or there is no end.</returns>
    public static async Task<ContainerDetails?> FindAsync(
        DockerEngineClient engine, ContainerDetails container, CancellationToken cancellationToken)
    {
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            var mode = container.HostConfig.NetworkMode;
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
