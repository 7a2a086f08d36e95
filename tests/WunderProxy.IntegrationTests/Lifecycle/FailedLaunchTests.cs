using System.Text.Json.Nodes;
using WunderProxy.Deployments.Contracts;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>Launches that cannot succeed: a reason code, the evidence, nothing left behind, and what served still serves.</summary>
[Parallelizable]
internal sealed class FailedLaunchTests
{
    [Test]
    public async Task Container_that_exits_at_once_fails_with_its_code_and_log()
    {
        var failure = await FailAsync(config =>
        {
            config["ContainerConfig"]!["Env"] = new JsonArray("API_TOKEN=hunter2hunter2");
            config["ContainerConfig"]!["Cmd"] = new JsonArray(
                "/bin/busybox", "sh", "-c", "echo token is $API_TOKEN; echo out >&2; exit 7");
        });

        Assert.That(failure.Code, Is.EqualTo("exit_code"));
        Assert.That(failure.Details!.ExitCode, Is.EqualTo(7));
        Assert.That(failure.Details.Log, Is.EquivalentTo(new[] { "token is ***", "out" }));
    }

    [Test]
    public async Task Container_that_restarts_fails_at_once()
    {
        var failure = await FailAsync(config =>
        {
            config["HostConfig"]!["RestartPolicy"] = new JsonObject { ["Name"] = "always" };
            config["ContainerConfig"]!["Cmd"] = new JsonArray("/bin/busybox", "sh", "-c", "sleep 0.3; exit 1");
        });

        Assert.That(failure.Code, Is.EqualTo("restart_loop"));
    }

    [Test]
    public async Task Container_on_the_wrong_port_fails_naming_the_port_it_listens_on()
    {
        var failure = await FailAsync(config => config["ContainerConfig"]!["Env"] = new JsonArray("PORT=8123"));

        Assert.That(failure.Code, Is.EqualTo("refused"));
        Assert.That(failure.Details!.ListeningPorts, Does.Contain(8123));
        Assert.That(failure.Message, Does.Contain("8123"));
        Assert.That(failure.Details.Probes, Is.Not.Empty);
    }

    [Test]
    public async Task Container_on_its_own_loopback_fails_naming_the_address_and_the_way_out()
    {
        var failure = await FailAsync(config => config["ContainerConfig"]!["Cmd"] = new JsonArray(
            "/bin/busybox", "httpd", "-f", "-p", "127.0.0.1:3000"));

        Assert.That(failure.Code, Is.EqualTo("refused"));
        Assert.That(failure.Message, Does.Contain("only the container itself reaches 127.0.0.1:3000").And.Contain("0.0.0.0"));
        Assert.That(failure.Details!.ListeningPorts, Is.EqualTo(new[] { 3000 }));
        Assert.That(failure.Details.ListeningAddresses, Is.EqualTo(new[] { "127.0.0.1:3000" }));
    }

    [Test]
    public async Task Container_whose_log_cannot_be_read_keeps_the_rest_of_the_evidence()
    {
        static void Mute(JsonObject config, params string[] command)
        {
            config["HostConfig"]!["LogConfig"] = new JsonObject { ["Type"] = "none" };
            config["ContainerConfig"]!["Cmd"] = new JsonArray([.. command.Select(part => (JsonNode)part)]);
        }

        var exited = await FailAsync(config => Mute(config, "/bin/busybox", "sh", "-c", "exit 7"));
        var listening = await FailAsync(config => Mute(config, "/bin/busybox", "httpd", "-f", "-p", "8123"));

        Assert.That(exited.Details!.ExitCode, Is.EqualTo(7));
        Assert.That(exited.Details.Log, Is.Null);
        Assert.That(listening.Details!.ListeningPorts, Is.EqualTo(new[] { 8123 }));
    }

    [Test]
    public async Task Container_that_needs_too_much_memory_is_reported_as_such()
    {
        var failure = await FailAsync(config =>
        {
            config["HostConfig"]!["Memory"] = 8 * 1024 * 1024;
            config["ContainerConfig"]!["Cmd"] = new JsonArray("/bin/busybox", "sh", "-c", "exec busybox tail /dev/zero");
        });

        Assert.That(failure.Code, Is.EqualTo("oom"));
    }

    [Test]
    public async Task Unhealthy_healthcheck_of_the_image_fails_the_launch()
    {
        var failure = await FailAsync(config =>
        {
            config["HealthCheckPath"] = "/nothing";
            config["ContainerConfig"]!["Healthcheck"] = new JsonObject
            {
                ["Test"] = new JsonArray("CMD", "/bin/busybox", "false"),
                ["Interval"] = 100_000_000,
                ["Retries"] = 1,
            };
        });

        Assert.That(failure.Code, Is.EqualTo("healthcheck"));
    }

    [Test]
    public async Task Container_without_a_network_cannot_be_reached()
    {
        var failure = await FailAsync(config => config["HostConfig"]!["NetworkMode"] = "none");

        Assert.That(failure.Code, Is.EqualTo("no_route"));
    }

    [Test]
    public async Task Missing_network_is_told_in_the_engines_words()
    {
        var failure = await FailAsync(config => config["HostConfig"]!["NetworkMode"] = "no-such-network");

        Assert.That(failure.Code, Is.EqualTo("create_failed").Or.EqualTo("start_failed"));
        Assert.That(failure.Message, Does.Contain("no-such-network"));
    }

    [Test]
    public async Task Malformed_field_is_told_in_the_engines_words()
    {
        var failure = await FailAsync(config => config["HostConfig"]!["Memory"] = "64m");

        Assert.That(failure.Code, Is.EqualTo("create_failed"));
        Assert.That(failure.Message, Does.Contain("Memory"));
    }

    [Test]
    public async Task Image_that_exists_nowhere_fails_the_launch()
    {
        var failure = await FailAsync(config => config["Revision"] = "nowhere");

        Assert.That(failure.Code, Is.EqualTo("image_not_found").Or.EqualTo("pull_failed"));
        Assert.That(failure.Message, Does.Contain(":nowhere"));
    }

    private static async Task<DeploymentException> FailAsync(Action<JsonObject> change)
    {
        await using var service = new LifecycleHarness
        {
            Adjust = options => options with { LaunchTimeout = TimeSpan.FromSeconds(3) },
        };
        await service.StartAsync("good", "bad");
        var good = await service.DeployAsync(LifecycleHarness.Config("good"));

        var failure = (await Assert.ThrowsAsync<DeploymentException>(
            () => service.DeployAsync(LifecycleHarness.Config("bad", change))))!;

        var left = await service.Engine.ListAsync($"wunderproxy.app={service.App}");
        Assert.That(left.Select(c => c["Id"]!.GetValue<string>()), Is.EqualTo(new[] { good.Container }), "containers left");
        Assert.That(await service.AskAsync(), Is.EqualTo("good"));
        Assert.That(await service.Lifecycle.GetHistoryAsync(CancellationToken.None), Has.Count.EqualTo(1));
        return failure;
    }
}
