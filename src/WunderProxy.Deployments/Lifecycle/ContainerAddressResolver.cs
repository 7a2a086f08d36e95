using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Lifecycle;

/// <summary>
/// Decides where a container is reached: on the host network its own port; on a remote engine the published port;
/// on a network that we share its own address; from inside a container a network that it is put on; else the published
/// port of this machine. Its own address comes first because a published loopback port dies with a killed daemon.
/// </summary>
internal sealed class ContainerAddressResolver(
    ContainerAddressMode mode, DockerEngineClient engine, OwnContainer ownContainer, TimeProvider clock)
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(1);
    private static readonly string[] SpecialNetworks = ["bridge", "host", "none"];

    /// <summary>Finds the address of a running container; null when there is no way to it.</summary>
    public async Task<ContainerAddress?> ResolveAsync(
        ContainerDetails container, int containerPort, CancellationToken cancellationToken)
    {
        if (container.HostConfig.NetworkMode == "host")
        {
            return await OnMachineAsync(containerPort, cancellationToken);
        }

        var published = await FindPublishedAsync(container, containerPort, cancellationToken);

        if (!engine.Endpoint.IsLocal || mode == ContainerAddressMode.Published)
        {
            return published;
        }

        var own = await ownContainer.FindAsync(cancellationToken);
        var direct = await FindDirectAsync(container, own, containerPort, published, cancellationToken);
        if (direct is not null || mode == ContainerAddressMode.Network || own is not null)
        {
            return direct;
        }

        return published;
    }

    /// <summary>A port of the engine's machine: ours, unless the engine is elsewhere.</summary>
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
        var bindings = container.NetworkSettings.Ports?.GetValueOrDefault(key) ?? [];
        var binding = bindings.FirstOrDefault(b => b.HostIp?.Contains(':', StringComparison.Ordinal) != true)
            ?? (bindings.Count > 0 ? bindings[0] : null);
        if (!int.TryParse(binding?.HostPort, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return null;
        }

        var isOnAll = binding?.HostIp is null or "" or "0.0.0.0" or "::";
        return isOnAll || !engine.Endpoint.IsLocal || !IPAddress.TryParse(binding!.HostIp, out var address)
            ? await OnMachineAsync(port, cancellationToken)
            : new ContainerAddress(new IPEndPoint(address, port), port);
    }

    private async Task<ContainerAddress?> FindDirectAsync(
        ContainerDetails container,
        ContainerDetails? own,
        int containerPort,
        ContainerAddress? published,
        CancellationToken cancellationToken)
    {
        foreach (var endPoint in AddressesOf(container, own, containerPort))
        {
            if (await CanReachAsync(endPoint, cancellationToken))
            {
                return new ContainerAddress(endPoint, published?.Port ?? containerPort);
            }
        }

        var joined = own is null ? null : await JoinAsync(container, own, containerPort, cancellationToken);
        return joined is null ? null : new ContainerAddress(joined, published?.Port ?? containerPort);
    }

    /// <summary>Addresses on networks that we share; the machine itself has a route to all of them.</summary>
    private static IEnumerable<IPEndPoint> AddressesOf(ContainerDetails container, ContainerDetails? own, int port)
    {
        var ours = own?.NetworkSettings.Networks?.Values.Select(network => network.NetworkID).ToHashSet(StringComparer.Ordinal);
        foreach (var network in container.NetworkSettings.Networks?.Values ?? [])
        {
            var text = network.IPAddress.Length > 0 ? network.IPAddress : network.GlobalIPv6Address;
            if (ours?.Contains(network.NetworkID) != false && IPAddress.TryParse(text, out var address))
            {
                yield return new IPEndPoint(address, port);
            }
        }
    }

    private async Task<IPEndPoint?> JoinAsync(
        ContainerDetails container, ContainerDetails own, int port, CancellationToken cancellationToken)
    {
        var network = own.NetworkSettings.Networks?.FirstOrDefault(n => !SpecialNetworks.Contains(n.Key, StringComparer.Ordinal)).Value;
        if (network is null)
        {
            return null;
        }

        var isMember = container.NetworkSettings.Networks?.Values.Any(n => n.NetworkID == network.NetworkID) == true;
        if (!isMember)
        {
            await engine.ConnectNetworkAsync(network.NetworkID, container.Id, cancellationToken);
        }

        var joined = await engine.InspectContainerAsync(container.Id, cancellationToken);
        return AddressesOf(joined, own, port).FirstOrDefault();
    }

    /// <summary>A refused connect is an answer too: the container is reachable and does not listen yet.</summary>
    private async Task<bool> CanReachAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(ConnectPatience, clock, cancellationToken);
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endPoint, limit.Token);
            return true;
        }
        catch (SocketException fault)
        {
            return fault.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
