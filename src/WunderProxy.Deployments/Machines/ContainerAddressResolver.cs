using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Machines;

/// <summary>
/// Decides by which address the proxy reaches a container. On the host network: the container's own port. On a remote
/// engine: the published port. On a network that this process shares: the container's own address. If this process runs
/// in a container: a network to which that container is connected for the purpose. Otherwise: the published port of
/// this machine. The container's own address is preferred because a published loopback port ends with a killed daemon.
/// </summary>
internal sealed class ContainerAddressResolver(DockerEngineClient engine, OwnContainer ownContainer, TimeProvider clock)
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(1);
    private static readonly string[] SpecialNetworks = ["bridge", "host", "none"];

    /// <summary>Finds the address of a running container; returns null if it cannot be reached.</summary>
    public async Task<ContainerAddress?> ResolveAsync(
        ContainerDetails container, int containerPort, ContainerAddressMode mode, CancellationToken cancellationToken)
    {
        if (await NetworkOwner.FindAsync(engine, container, cancellationToken) is not { } owner)
        {
            return null;
        }

        if (owner.NetworkMode == NetworkOwner.HostMode)
        {
            return await OnMachineAsync(containerPort, cancellationToken);
        }

        var published = await FindPublishedAsync(owner, containerPort, cancellationToken);

        if (!engine.Endpoint.IsLocal || mode == ContainerAddressMode.Published)
        {
            return published;
        }

        var own = await ownContainer.FindAsync(cancellationToken);
        if (own?.Id == owner.Id)
        {
            // The container shares the network of the one in which this process runs, and thereby its loopback
            // interface.
            return new ContainerAddress(new IPEndPoint(IPAddress.Loopback, containerPort), published?.Port ?? containerPort);
        }

        var isBorrowed = owner.Id != container.Id;
        var direct = await FindDirectAsync(owner, own, containerPort, published, isBorrowed, cancellationToken);
        if (direct is not null || mode == ContainerAddressMode.Network || own is not null)
        {
            return direct;
        }

        return published;
    }

    /// <summary>
    /// Returns the address of a port on the engine's machine, which is this machine unless the engine is remote.
    /// </summary>
    private async Task<ContainerAddress?> OnMachineAsync(int port, CancellationToken cancellationToken)
    {
        var endPoint = engine.Endpoint.IsLocal
            ? new IPEndPoint(IPAddress.Loopback, port)
            : await ContainerAddress.ResolveAsync(engine.Endpoint.Host, port, cancellationToken);
        return endPoint is null ? null : new ContainerAddress(endPoint, port);
    }

    private async Task<ContainerAddress?> FindPublishedAsync(
        ContainerDetails container, int containerPort, CancellationToken cancellationToken)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{containerPort}/tcp");
        var bindings = container.Ports.GetValueOrDefault(key) ?? [];
        var binding = bindings.MinBy(b => RankOf(b.HostIp));
        if (!int.TryParse(binding?.HostPort, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return null;
        }

        if (!engine.Endpoint.IsLocal || !IPAddress.TryParse(binding!.HostIp, out var address) || address.Equals(IPAddress.Any))
        {
            return await OnMachineAsync(port, cancellationToken);
        }

        var reached = address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
        return new ContainerAddress(new IPEndPoint(reached, port), port);
    }

    /// <summary>
    /// Ranks a binding; the lowest rank is used. From this machine a loopback address is the most reliable one, from
    /// another machine it leads nowhere. IPv6 comes last, because it is off on many machines.
    /// </summary>
    private int RankOf(string? hostIp)
    {
        if (!IPAddress.TryParse(hostIp, out var address) || address.Equals(IPAddress.Any))
        {
            return 1;
        }

        var rank = IPAddress.IsLoopback(address) ? (engine.Endpoint.IsLocal ? 0 : 9) : 2;
        return address.AddressFamily == AddressFamily.InterNetwork ? rank : rank + 3;
    }

    private async Task<ContainerAddress?> FindDirectAsync(
        ContainerDetails container,
        ContainerDetails? own,
        int containerPort,
        ContainerAddress? published,
        bool isBorrowed,
        CancellationToken cancellationToken)
    {
        foreach (var endPoint in AddressesOf(container, own, containerPort))
        {
            if (await CanReachAsync(endPoint, cancellationToken))
            {
                return new ContainerAddress(endPoint, published?.Port ?? containerPort);
            }
        }

        // A network that belongs to a container of another service is not changed.
        var joined = own is null || isBorrowed ? null : await JoinAsync(container, own, containerPort, cancellationToken);
        return joined is null ? null : new ContainerAddress(joined, published?.Port ?? containerPort);
    }

    /// <summary>
    /// Returns the container's addresses on networks that this process shares; the machine itself has a route to all of
    /// them.
    /// </summary>
    private static IEnumerable<IPEndPoint> AddressesOf(ContainerDetails container, ContainerDetails? own, int port)
    {
        var ours = own?.Networks.Values.Select(network => network.NetworkID).ToHashSet(StringComparer.Ordinal);
        var shared = container.Networks.Values.Where(n => ours?.Contains(n.NetworkID) != false).ToArray();
        return shared.Select(network => network.IPAddress)
            .Concat(shared.Select(network => network.GlobalIPv6Address))
            .Select(text => IPAddress.TryParse(text, out var address) ? address : null)
            .OfType<IPAddress>()
            .Select(address => new IPEndPoint(address, port));
    }

    private async Task<IPEndPoint?> JoinAsync(
        ContainerDetails container, ContainerDetails own, int port, CancellationToken cancellationToken)
    {
        var network = own.Networks.FirstOrDefault(n => !SpecialNetworks.Contains(n.Key, StringComparer.Ordinal)).Value;
        if (network is null)
        {
            return null;
        }

        var isMember = container.Networks.Values.Any(n => n.NetworkID == network.NetworkID);
        if (!isMember)
        {
            await engine.ConnectNetworkAsync(network.NetworkID, container.Id, cancellationToken);
        }

        var joined = await engine.InspectContainerAsync(container.Id, cancellationToken);
        return AddressesOf(joined, own, port).FirstOrDefault();
    }

    /// <summary>
    /// Whether a connect gets an answer. A refusal counts: the container can be reached but does not listen yet.
    /// </summary>
    private async Task<bool> CanReachAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(ConnectPatience, clock, cancellationToken);
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, limit.Token);
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
