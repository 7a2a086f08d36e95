using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.IntegrationTests.Lifecycle;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>Launch configs that the engine cannot fulfil: its own message is passed on, and nothing is left behind.</summary>
[Category("Faults")]
[Parallelizable(ParallelScope.Self)]
internal sealed class EngineRefusalTests
{
    private TestService _service = null!;

    [OneTimeSetUp]
    public async Task StartServiceAsync()
    {
        _service = await TestService.CreateAsync();
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, _service.Repository, "good");
        await BusyboxImage.ImportAsync(TestEngine.SocketPath, _service.Repository, "bad");
        await _service.StartAsync();
        await _service.DeployAsync(LaunchConfigText.Of("good", "GREETING=good"));
    }

    [OneTimeTearDown]
    public async Task StopServiceAsync() => await _service.DisposeAsync();

    [Test]
    public async Task Port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        await AssertRefusedAsync(
            host => host["PortBindings"]!["9292/tcp"]![0]!["HostPort"] = port, port, "address already in use");
    }

    [Test]
    public Task Network_that_is_missing_is_named() =>
        AssertRefusedAsync(host => host["NetworkMode"] = "no-such-network", "network no-such-network not found");

    [Test]
    public Task Volume_that_cannot_be_made_is_named() => AssertRefusedAsync(
        host => host["Mounts"] = new JsonArray(new JsonObject
        {
            ["Type"] = "volume",
            ["Source"] = "no-such-volume",
            ["Target"] = "/data",
            ["VolumeOptions"] = new JsonObject { ["DriverConfig"] = new JsonObject { ["Name"] = "no-such-driver" } },
        }),
        "no-such-driver");

    [Test]
    public Task Folder_that_is_missing_is_named() => AssertRefusedAsync(
        host => host["Mounts"] = new JsonArray(
            new JsonObject { ["Type"] = "bind", ["Source"] = "/no/such/folder", ["Target"] = "/data" }),
        "/no/such/folder");

    [Test]
    public Task Container_whose_volumes_are_wanted_and_missing_is_named() =>
        AssertRefusedAsync(host => host["VolumesFrom"] = new JsonArray("no-such-container"), "no-such-container");

    [Test]
    public Task Memory_node_that_is_not_there_is_named() =>
        AssertRefusedAsync(host => host["CpusetMems"] = "77", "77");

    [Test]
    public Task Memory_below_the_least_is_told() =>
        AssertRefusedAsync(host => host["Memory"] = 4096, "inimum memory limit");

    private async Task AssertRefusedAsync(Action<JsonObject> change, params string[] named)
    {
        var config = LaunchConfigText.Document("bad", "GREETING=bad");
        change(config["HostConfig"]!.AsObject());

        var answer = await _service.PostAsync("/deploy", config.ToJsonString());

        Assert.That(answer.Status, Is.EqualTo(422), answer.ToString());
        Assert.That(named, Is.All.Matches<string>(text => answer.Text.Contains(text!, StringComparison.Ordinal)), answer.ToString());
        Assert.That((await _service.GetProxiedAsync("/up")).Text, Is.EqualTo("good\n"));
        Assert.That(await _service.Engine.ListAsync($"wunderproxy.app={_service.App}"), Has.Count.EqualTo(1), "nothing is left behind");
    }
}
