using System.Net;
using System.Net.Sockets;
using WunderProxy.Deployments.Docker.Models;
using WunderProxy.Deployments.Machines;
using WunderProxy.Deployments.Tests.Docker;

namespace WunderProxy.Deployments.Tests.Machines;

/// <summary>Where a container is reached, by what the engine says of its networks and ports.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ContainerAddressResolverTests
{
    private const int Port = 9292;

    [Test]
    public async Task Container_on_another_ones_network_is_reached_at_that_ones_address()
    {
        using var engine = new ScriptedEngine()
            .On(HttpMethod.Get, "/containers/x/json", HttpStatusCode.OK, Container("x", "bridge", ("127.0.0.1", "")));

        var address = await ResolveAsync(engine, Details("c", "container:x"), ContainerAddressMode.Auto);

        Assert.That(address?.EndPoint.ToString(), Is.EqualTo($"127.0.0.1:{Port}"));
    }

    [Test]
    public async Task Container_on_another_ones_network_has_that_ones_published_port()
    {
        using var engine = new ScriptedEngine().On(
            HttpMethod.Get, "/containers/x/json", HttpStatusCode.OK, Container("x", "bridge", ("", ""), ("127.0.0.1", "8123")));

        var address = await ResolveAsync(engine, Details("c", "container:x"), ContainerAddressMode.Published);

        Assert.That(address, Is.EqualTo(new ContainerAddress(new IPEndPoint(IPAddress.Loopback, 8123), 8123)));
    }

    [Test]
    public async Task Chain_of_shared_networks_ends_at_the_machines_own()
    {
        using var engine = new ScriptedEngine()
            .On(HttpMethod.Get, "/containers/x/json", HttpStatusCode.OK, Container("x", "container:y", ("", "")))
            .On(HttpMethod.Get, "/containers/y/json", HttpStatusCode.OK, Container("y", "host", ("", "")));

        var address = await ResolveAsync(engine, Details("c", "container:x"), ContainerAddressMode.Auto);

        Assert.That(address?.EndPoint, Is.EqualTo(new IPEndPoint(IPAddress.Loopback, Port)));
    }

    [Test]
    public async Task Shared_network_without_an_owner_that_runs_has_no_address()
    {
        using var engine = new ScriptedEngine()
            .On(HttpMethod.Get, "/containers/gone/json", HttpStatusCode.NotFound, "{}")
            .On(HttpMethod.Get, "/containers/self/json", HttpStatusCode.OK, Container("self", "container:self", ("", "")))
            .On(HttpMethod.Get, "/containers/dead/json", HttpStatusCode.OK, """{"Id":"dead","State":{"Running":false}}""");

        Assert.That(await ResolveAsync(engine, Details("c", "container:gone"), ContainerAddressMode.Auto), Is.Null);
        Assert.That(await ResolveAsync(engine, Details("c", "container:dead"), ContainerAddressMode.Auto), Is.Null);
        Assert.That(await ResolveAsync(engine, Details("c", "container:self"), ContainerAddressMode.Auto), Is.Null);
    }

    [Test]
    public async Task Container_on_the_network_of_our_own_container_is_on_our_loopback()
    {
        using var folder = new TemporaryDirectory();
        var own = new string('a', 64);
        var mounts = Path.Combine(folder.FullPath, "mountinfo");
        await File.WriteAllTextAsync(mounts, $"1 2 3 /containers/{own}/hostname /etc/hostname rw");
        using var engine = new ScriptedEngine().On(
            HttpMethod.Get, $"/containers/{own}/json", HttpStatusCode.OK, Container(own, "shop", ("198.51.100.7", "")));

        var address = await ResolveAsync(engine, Details("c", $"container:{own}"), ContainerAddressMode.Auto, mounts);

        Assert.That(address?.EndPoint, Is.EqualTo(new IPEndPoint(IPAddress.Loopback, Port)));
        Assert.That(engine.Calls, Has.None.Contains("/networks/"));
    }

    [Test]
    public async Task Network_of_six_alone_has_an_address()
    {
        using var engine = new ScriptedEngine();
        var container = Details("c", "six") with
        {
            Networks = new Dictionary<string, NetworkEndpoint>(StringComparer.Ordinal)
            {
                ["six"] = new() { NetworkID = "n", IPAddress = null, GlobalIPv6Address = "::1" },
            },
        };

        var address = await ResolveAsync(engine, container, ContainerAddressMode.Network);

        Assert.That(address?.EndPoint.ToString(), Is.EqualTo(HasLoopbackOfSix() ? $"[::1]:{Port}" : null));
    }

    [TestCase("192.0.2.1=1001 127.0.0.1=1002 0.0.0.0=1003", "127.0.0.1:1002")]
    [TestCase("192.0.2.1=1001 0.0.0.0=1003", "127.0.0.1:1003")]
    [TestCase("::=1004 0.0.0.0=1003", "127.0.0.1:1003")]
    [TestCase("::=1004", "[::1]:1004")]
    [TestCase("::1=1004 192.0.2.1=1001", "192.0.2.1:1001")]
    [TestCase("2001:db8::1=1005", "[2001:db8::1]:1005")]
    [TestCase("=1006", "127.0.0.1:1006")]
    [TestCase("", null)]
    public async Task Of_several_bindings_the_surest_is_taken(string bindings, string? address)
    {
        using var engine = new ScriptedEngine();
        var published = bindings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => text.Split('='))
            .Select(parts => new PortBinding(parts[0], parts[1]))
            .ToArray();
        var container = Details("c", "bridge") with
        {
            Ports = new Dictionary<string, IReadOnlyList<PortBinding>?>(StringComparer.Ordinal) { [$"{Port}/tcp"] = published },
        };

        var found = await ResolveAsync(engine, container, ContainerAddressMode.Published);

        Assert.That(found?.EndPoint.ToString(), Is.EqualTo(address));
    }

    private static async Task<ContainerAddress?> ResolveAsync(
        ScriptedEngine engine, ContainerDetails container, ContainerAddressMode mode, string mountInfo = "/nowhere")
    {
        using var client = engine.CreateClient();
        return await new ContainerAddressResolver(client, new OwnContainer(client, mountInfo), TimeProvider.System)
            .ResolveAsync(container, Port, mode, CancellationToken.None);
    }

    private static bool HasLoopbackOfSix()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static ContainerDetails Details(string id, string mode) =>
        new() { Id = id, NetworkMode = mode };

    private static string Container(string id, string mode, (string V4, string V6) address, (string Ip, string Port)? binding = null)
    {
        var ports = binding is { } bound
            ? $$"""{"{{Port}}/tcp":[{"HostIp":"{{bound.Ip}}","HostPort":"{{bound.Port}}"}]}"""
            : "{}";
        return $$$$"""
            {"Id":"{{{{id}}}}","State":{"Running":true},"HostConfig":{"NetworkMode":"{{{{mode}}}}"},
             "NetworkSettings":{"Ports":{{{{ports}}}},
              "Networks":{"n":{"NetworkID":"n","IPAddress":"{{{{address.V4}}}}","GlobalIPv6Address":"{{{{address.V6}}}}"}
              } } }
            """;
    }
}
