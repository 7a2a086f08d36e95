namespace WunderProxy.Deployments.Machines;

/// <summary>Which address of a container the proxy connects to.</summary>
public enum ContainerAddressMode
{
    /// <summary>
    /// Chosen for each container: host network, remote engine, shared network, else the published port.
    /// </summary>
    Auto,

    /// <summary>Always the port published on this machine.</summary>
    Published,

    /// <summary>Always the container's own address on a network.</summary>
    Network,
}
