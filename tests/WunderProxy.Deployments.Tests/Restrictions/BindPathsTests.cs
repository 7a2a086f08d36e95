using System.Net.Sockets;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Restrictions;

namespace WunderProxy.Deployments.Tests.Restrictions;

/// <summary>Only what lies below an allowed directory may be bound, whatever links say, and never the engine's socket.</summary>
[Parallelizable]
internal sealed class BindPathsTests
{
    private readonly TemporaryDirectory _root = new();

    private string Allowed => Path.Combine(_root.FullPath, "allowed");

    private string SocketPath => Path.Combine(_root.FullPath, "run", "docker.sock");

    [SetUp]
    public void Make()
    {
        Directory.CreateDirectory(Path.Combine(Allowed, "data"));
        Directory.CreateDirectory(Path.Combine(_root.FullPath, "allowed-not"));
        Directory.CreateDirectory(Path.Combine(_root.FullPath, "run"));
    }

    [TearDown]
    public void Remove() => _root.Dispose();

    [TestCase("")]
    [TestCase("/")]
    [TestCase("/data")]
    [TestCase("//./data/")]
    [TestCase("/not/there/yet")]
    public void Path_below_an_allowed_directory_passes(string below) => Assert.That(Refusal(Allowed + below), Is.Null);

    [TestCase("/etc")]
    [TestCase("/")]
    [TestCase("relative")]
    [TestCase("")]
    public void Path_elsewhere_is_refused(string path) => Assert.That(Refusal(path), Is.Not.Null);

    [Test]
    public void Neighbour_with_the_same_beginning_is_refused() =>
        Assert.That(Refusal(Allowed + "-not"), Does.Contain("not below"));

    [Test]
    public void Way_up_is_refused() => Assert.That(Refusal(Allowed + "/data/../../run"), Does.Contain("'..'"));

    [TestCase("/etc")]
    [TestCase("../run")]
    [TestCase("data/../../run")]
    public void Link_that_leads_out_is_refused(string target)
    {
        File.CreateSymbolicLink(Path.Combine(Allowed, "link"), target);
        File.CreateSymbolicLink(Path.Combine(Allowed, "link-to-link"), "./link");

        Assert.That(Refusal(Allowed + "/link"), Does.Contain("leads to"));
        Assert.That(Refusal(Allowed + "/link/below"), Does.Contain("leads to"));
        Assert.That(Refusal(Allowed + "/link-to-link/x"), Does.Contain("leads to"));
    }

    [Test]
    public void Link_that_stays_inside_passes()
    {
        File.CreateSymbolicLink(Path.Combine(Allowed, "link"), "data");

        Assert.That(Refusal(Allowed + "/link/x"), Is.Null);
    }

    [Test]
    public void Links_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(Path.Combine(Allowed, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(Allowed, "b"), "a");

        Assert.That(Refusal(Allowed + "/a"), Does.Contain("too many links"));
    }

    [Test]
    public void Allowed_directory_may_be_a_link()
    {
        var link = Path.Combine(_root.FullPath, "alias");
        File.CreateSymbolicLink(link, Allowed);

        Assert.That(Refusal(Allowed + "/data", link), Is.Null);
        Assert.That(Refusal(link + "/data", Allowed), Is.Null);
    }

    [Test]
    public void Socket_of_the_engine_is_kept_even_where_all_is_allowed()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        var link = Path.Combine(Allowed, "link.sock");
        File.CreateSymbolicLink(link, SocketPath);
        var up = Path.Combine(Allowed, "up");
        File.CreateSymbolicLink(up, _root.FullPath);

        string[] paths = [SocketPath, Path.GetDirectoryName(SocketPath)!, _root.FullPath, "/", link, up, up + "/run", "/var/run", "/run", "/var/run/docker.sock", "/run/docker.sock"];

        Assert.That(paths.Select(path => Refusal(path, "/")), Is.All.Contain("the engine's socket"));
    }

    [Test]
    public void Hard_link_to_the_socket_is_kept_too()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        var name = Path.Combine(Allowed, "innocent");
        using var ln = System.Diagnostics.Process.Start("ln", [SocketPath, name]);
        ln.WaitForExit();

        Assert.That(Refusal(name), Does.Contain("the engine's socket"));
    }

    [Test]
    public void Nothing_of_another_machine_can_be_judged()
    {
        var binds = new BindPaths([Allowed], DockerEndpoint.Parse("tcp://192.0.2.1:2375"));

        Assert.That(binds.Refusal(Allowed), Does.Contain("another machine"));
    }

    [Test]
    public void Nothing_is_allowed_without_a_directory() =>
        Assert.That(new BindPaths([], Engine()).Refusal(Allowed), Does.Contain("--restrict-bind"));

    [TestCase("""{"Binds":["ALLOWED:/a","ALLOWED/x:/b:ro"]}""", "HostConfig.Binds")]
    [TestCase("""{"Binds":["ALLOWED/./x/:/b","ALLOWED//:/a:ro"]}""", "HostConfig.Binds")]
    [TestCase("""{"Binds":["ALLOWED:/a"],"Mounts":[{"Type":"bind","Source":"ALLOWED/x/y","Target":"/b"}]}""", "HostConfig.Mounts[0].Source")]
    [TestCase("""{"Mounts":[{"Type":"bind","Source":"ALLOWED/x","Target":"/b"},{"Type":"bind","Source":"ALLOWED","Target":"/a"}]}""", "HostConfig.Mounts[0].Source")]
    public void Bind_within_another_is_refused_since_a_link_could_take_its_place(string host, string field) =>
        Assert.That(() => Demand(host), Throws.InstanceOf<RestrictedFieldException>().With.Property("Field").EqualTo(field));

    [Test]
    public void Binds_beside_one_another_pass() => Assert.That(
        () => Demand("""{"Binds":["ALLOWED/x:/a","ALLOWED/xy:/b","ALLOWED/x:/c"]}"""), Throws.Nothing);

    private void Demand(string host)
    {
        var body = new JsonObject { ["HostConfig"] = JsonNode.Parse(host.Replace("ALLOWED", Allowed)) };
        RestrictedBody.Demand(new RestrictionScope("shop", new LaunchRestriction(), new BindPaths([Allowed], Engine()), "127.0.0.1", body));
    }

    private string? Refusal(string path, string? allowed = null) => new BindPaths([allowed ?? Allowed], Engine()).Refusal(path);

    private DockerEndpoint Engine() => DockerEndpoint.Parse("unix://" + SocketPath);
}
