using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

/// <summary>Each rule of the create request, and whole files of the old tool against what the engine gets.</summary>
[Parallelizable]
internal sealed class EngineContainerRequestTests
{
    [TestCase("go-2015")]
    [TestCase("modern")]
    public void Golden_config_becomes_the_golden_request(string name)
    {
        var config = LaunchConfig.Parse(File.ReadAllBytes(Golden($"{name}.config.json")));
        var expected = JsonNode.Parse(File.ReadAllText(Golden($"{name}.create.json")));

        var request = EngineContainerRequest.Build(config, Options());

        Assert.That(JsonNode.DeepEquals(request.Body, expected), Is.True, request.Body.ToJsonString());
    }

    [Test]
    public void Unknown_fields_reach_the_engine_untouched()
    {
        var body = Build("""{"X-New": {"a": [1.50, null, "ü"]}}""", """{"Y": 12345678901234567890}""");

        Assert.Multiple(() =>
        {
            Assert.That(body["X-New"]!["a"]!.ToJsonString(), Is.EqualTo("""[1.50,null,"\u00FC"]"""));
            Assert.That(body["HostConfig"]!["Y"]!.ToJsonString(), Is.EqualTo("12345678901234567890"));
        });
    }

    [TestCase("""["A=1"]""", new[] { "A=1", "B=cfg", "DOCKER_IMAGE=sha256:1" })]
    [TestCase("""["B=own","A=1"]""", new[] { "B=own", "A=1", "DOCKER_IMAGE=sha256:1" })]
    [TestCase("""["A=1","A=2"]""", new[] { "A=2", "B=cfg", "DOCKER_IMAGE=sha256:1" })]
    [TestCase("""["DOCKER_IMAGE=mine","FLAG"]""", new[] { "FLAG", "B=cfg", "DOCKER_IMAGE=sha256:1" })]
    [TestCase("null", new[] { "B=cfg", "DOCKER_IMAGE=sha256:1" })]
    public void Environment_is_the_configs_then_the_files_then_the_image(string own, string[] merged)
    {
        var file = ContainerEnvironmentFile.Parse("f", "B=cfg"u8);

        var body = Build($$"""{"Env": {{own}}}""", options: Options() with { Environment = file });

        Assert.That(Texts(body["Env"]), Is.EqualTo(merged));
    }

    [Test]
    public void Image_is_the_configs_or_named_after_the_revision() =>
        Assert.Multiple(() =>
        {
            Assert.That(Text(Build("""{"Image":"own:1"}""")["Image"]), Is.EqualTo("own:1"));
            Assert.That(Text(Build("{}")["Image"]), Is.EqualTo("localhost:8080/shop:r1"));
        });

    [Test]
    public void Labels_are_added_to_the_configs()
    {
        var labels = Build("""{"Labels":{"team":"x","wunderproxy.app":"forged","wunderproxy.port":"1","wunderproxy.replica":"7"}}""")["Labels"]!.AsObject();

        Assert.That(
            labels.Select(label => $"{label.Key}={label.Value}"),
            Is.EqualTo(new[]
            {
                "team=x", "wunderproxy.app=shop", "wunderproxy.prefix=b/p", "wunderproxy.hash=aaa9402664f1a41f40ebbc52c9993eb66aeb366602958fdfaa283b71e64db123",
                "wunderproxy.revision=r1", "wunderproxy.cfg=c",
            }));
    }

    [TestCase("""{"Memory":64}""", "{}", "Memory", "64")]
    [TestCase("""{"Memory":64}""", """{"Memory":32}""", "Memory", "32")]
    [TestCase("""{"Memory":64}""", """{"Memory":0}""", "Memory", "64")]
    [TestCase("""{"MemorySwap":-1}""", "{}", "MemorySwap", "-1")]
    [TestCase("""{"CpuShares":512}""", "{}", "CpuShares", "512")]
    [TestCase("""{"Cpuset":"0,1"}""", "{}", "CpusetCpus", "\"0,1\"")]
    [TestCase("""{"Cpuset":"0"}""", """{"Cpuset":"1"}""", "CpusetCpus", "\"1\"")]
    [TestCase("""{"Cpuset":"0"}""", """{"CpusetCpus":"1"}""", "CpusetCpus", "\"1\"")]
    [TestCase("""{"Dns":["10.0.0.1"]}""", """{"Dns":null}""", "Dns", """["10.0.0.1"]""")]
    [TestCase("""{"Dns":["10.0.0.1"]}""", """{"Dns":["10.0.0.2"]}""", "Dns", """["10.0.0.2"]""")]
    [TestCase("""{"VolumesFrom":"data"}""", "{}", "VolumesFrom", """["data"]""")]
    [TestCase("""{"VolumesFrom":"data,logs:ro"}""", "{}", "VolumesFrom", """["data","logs:ro"]""")]
    [TestCase("{}", """{"VolumesFrom":"data"}""", "VolumesFrom", """["data"]""")]
    [TestCase("{}", """{"VolumesFrom":["","data"]}""", "VolumesFrom", """["data"]""")]
    [TestCase("""{"VolumesFrom":"old"}""", """{"VolumesFrom":["new"]}""", "VolumesFrom", """["new"]""")]
    public void Field_of_2015_is_put_where_the_engine_reads_it(string container, string host, string name, string value)
    {
        var body = Build(container, host);

        Assert.Multiple(() =>
        {
            Assert.That(body["HostConfig"]![name]!.ToJsonString(), Is.EqualTo(value));
            Assert.That(body.ContainsKey(name), Is.False);
            Assert.That(body.ContainsKey("Cpuset"), Is.False);
        });
    }

    [TestCase("Memory", "0")]
    [TestCase("MemorySwap", "0")]
    [TestCase("CpuShares", "0")]
    [TestCase("Cpuset", "\"\"")]
    [TestCase("Dns", "null")]
    [TestCase("VolumesFrom", "\"\"")]
    [TestCase("PortSpecs", "null")]
    [TestCase("LxcConf", "[]")]
    public void Empty_field_of_2015_is_dropped(string name, string value)
    {
        var body = Build($$"""{"{{name}}": {{value}}}""");

        Assert.Multiple(() =>
        {
            Assert.That(body.ContainsKey(name), Is.False);
            Assert.That(body["HostConfig"]!.AsObject().ContainsKey(name), Is.False);
        });
    }

    [Test]
    public void Volume_that_is_no_string_is_named() =>
        Assert.That(
            () => Build("""{"VolumesFrom":[1]}"""),
            Throws.InstanceOf<InvalidLaunchConfigException>()
                .With.Property("Field").EqualTo("ContainerConfig.VolumesFrom[0]"));

    [TestCase("9000", """{"9000/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]}""")]
    [TestCase("8080:9000", """{"9000/tcp":[{"HostIp":"","HostPort":"8080"}]}""")]
    [TestCase("10.0.0.1:8080:9000/tcp", """{"9000/tcp":[{"HostIp":"10.0.0.1","HostPort":"8080"}]}""")]
    public void Port_of_2015_is_exposed_and_bound(string spec, string bindings)
    {
        var body = Build($$"""{"PortSpecs":["{{spec}}"]}""");

        Assert.Multiple(() =>
        {
            Assert.That(body["ExposedPorts"]!.ToJsonString(), Is.EqualTo("""{"9000/tcp":{}}"""));
            Assert.That(body["HostConfig"]!["PortBindings"]!.ToJsonString(), Is.EqualTo(bindings));
        });
    }

    [TestCase("""["x"]""")]
    [TestCase("""["1:2:3:4"]""")]
    [TestCase("""[9000]""")]
    [TestCase("\"9000\"")]
    public void Port_of_2015_that_is_none_is_named(string specs) =>
        Assert.That(
            () => Build($$"""{"PortSpecs":{{specs}}}"""),
            Throws.InstanceOf<InvalidLaunchConfigException>().With.Message.Contains("ContainerConfig.PortSpecs"));

    [Test]
    public void Restart_policy_always_would_wake_retired_containers()
    {
        var policy = Build("{}", """{"RestartPolicy":{"Name":"always","MaximumRetryCount":0}}""")["HostConfig"]!["RestartPolicy"]!;

        Assert.That(policy.ToJsonString(), Is.EqualTo("""{"Name":"unless-stopped","MaximumRetryCount":0}"""));
    }

    [TestCase("""{"Name":"on-failure","MaximumRetryCount":3}""")]
    [TestCase("""{"Name":"","MaximumRetryCount":0}""")]
    [TestCase("null")]
    public void Other_restart_policies_stay(string policy) =>
        Assert.That(
            JsonNode.DeepEquals(
                Build("{}", $$"""{"RestartPolicy":{{policy}}}""")["HostConfig"]!["RestartPolicy"], JsonNode.Parse(policy)),
            Is.True);

    [Test]
    public void Auto_remove_would_destroy_the_evidence() =>
        Assert.That(
            Build("{}", """{"AutoRemove":true}""")["HostConfig"]!["AutoRemove"]!.GetValue<bool>(), Is.False);

    [TestCase("{}", "{}", 9292, TestName = "Port_of_nothing_exposed_is_9292")]
    [TestCase("""{"ExposedPorts":{"8080/tcp":{}}}""", "{}", 8080, TestName = "Port_is_the_only_exposed_one")]
    [TestCase("""{"ExposedPorts":{"8080/tcp":{},"9292/tcp":{}}}""", "{}", 9292, TestName = "Port_is_9292_among_others")]
    [TestCase("""{"ExposedPorts":{"8080/tcp":{},"53/udp":{}}}""", "{}", 8080, TestName = "Port_is_never_a_datagram_one")]
    [TestCase("{}", """{"PortBindings":{"8080/tcp":null}}""", 8080, TestName = "Port_that_is_bound_counts_as_exposed")]
    [TestCase("""{"ExposedPorts":{"8080":{}}}""", "{}", 8080, TestName = "Port_without_protocol_is_tcp")]
    public void Port_is_chosen(string container, string host, int port) =>
        Assert.That(EngineContainerRequest.Build(Config(container, host), Options()).ContainerPort, Is.EqualTo(port));

    [Test]
    public void Port_of_the_image_counts_when_the_config_exposes_none() =>
        Assert.Multiple(() =>
        {
            var options = Options() with { ImagePorts = ["3000/tcp"] };
            Assert.That(EngineContainerRequest.Build(Config("{}", "{}"), options).ContainerPort, Is.EqualTo(3000));
            Assert.That(
                EngineContainerRequest.Build(Config("""{"ExposedPorts":{"80/tcp":{}}}""", "{}"), options).ContainerPort,
                Is.EqualTo(80));
        });

    [Test]
    public void Port_that_could_be_two_is_ambiguous() =>
        Assert.That(
            () => Build("""{"ExposedPorts":{"8080/tcp":{},"3000/tcp":{}}}"""),
            Throws.InstanceOf<AmbiguousPortException>()
                .With.Message.Contains("3000, 8080").And.Message.Contains("ContainerPort"));

    [Test]
    public void Port_that_the_config_names_wins()
    {
        var config = Config("""{"ExposedPorts":{"8080/tcp":{},"3000/tcp":{}}}""", "{}", """, "ContainerPort":"3000/tcp" """);

        Assert.That(EngineContainerRequest.Build(config, Options()).ContainerPort, Is.EqualTo(3000));
    }

    [Test]
    public void Port_is_published_on_loopback_by_a_port_the_engine_picks()
    {
        var body = Build("{}");

        Assert.Multiple(() =>
        {
            Assert.That(body["ExposedPorts"]!.ToJsonString(), Is.EqualTo("""{"9292/tcp":{}}"""));
            Assert.That(
                body["HostConfig"]!["PortBindings"]!.ToJsonString(),
                Is.EqualTo("""{"9292/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]}"""));
        });
    }

    [TestCase("""{"9292/tcp":null,"22/tcp":[]}""", """{"9292/tcp":[{"HostIp":"127.0.0.1","HostPort":""}],"22/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]}""")]
    [TestCase("""{"9292/tcp":[{"HostPort":"80"}]}""", """{"9292/tcp":[{"HostPort":"80"}]}""")]
    [TestCase("""{"9292":[{"HostPort":"80"}]}""", """{"9292":[{"HostPort":"80"}]}""")]
    public void Bindings_that_are_there_stay_and_empty_ones_are_filled(string own, string published) =>
        Assert.That(
            JsonNode.DeepEquals(
                Build("{}", $$"""{"PortBindings":{{own}}}""")["HostConfig"]!["PortBindings"], JsonNode.Parse(published)),
            Is.True);

    [Test]
    public void Port_is_published_on_all_addresses_of_a_remote_engine() =>
        Assert.That(
            Build("{}", options: Options() with { PublishAddress = "" })["HostConfig"]!["PortBindings"]!.ToJsonString(),
            Is.EqualTo("""{"9292/tcp":[{"HostIp":"","HostPort":""}]}"""));

    [TestCase("host")]
    [TestCase("none")]
    [TestCase("container:db")]
    public void Container_without_a_network_of_its_own_publishes_nothing(string mode) =>
        Assert.That(
            Build("{}", $$"""{"NetworkMode":"{{mode}}"}""")["HostConfig"]!.AsObject().ContainsKey("PortBindings"), Is.False);

    [Test]
    public void Container_on_another_ones_network_exposes_nothing() =>
        Assert.That(Build("{}", """{"NetworkMode":"container:db"}""").ContainsKey("ExposedPorts"), Is.False);

    [Test]
    public void Config_is_not_changed_by_building()
    {
        var config = Config("""{"Memory":64,"Env":["A=1"]}""", """{"RestartPolicy":{"Name":"always"}}""");

        EngineContainerRequest.Build(config, Options());

        Assert.Multiple(() =>
        {
            Assert.That(config.CopyContainerConfig().ToJsonString(), Is.EqualTo("""{"Memory":64,"Env":["A=1"]}"""));
            Assert.That(config.CopyHostConfig().ToJsonString(), Is.EqualTo("""{"RestartPolicy":{"Name":"always"}}"""));
        });
    }

    private static EngineContainerOptions Options() => new()
    {
        ImageName = "localhost:8080/shop:r1",
        ImageId = "sha256:1",
        Labels = new ContainerLabels("shop", "b/p", LaunchConfigHash.Of("h"u8), "r1", "c"),
    };

    private static JsonObject Build(string container, string host = "{}", EngineContainerOptions? options = null) =>
        EngineContainerRequest.Build(Config(container, host), options ?? Options()).Body;

    private static LaunchConfig Config(string container, string host, string more = "") => LaunchConfig.Parse(
        System.Text.Encoding.UTF8.GetBytes($$"""{"ContainerConfig":{{container}},"HostConfig":{{host}},"Revision":"r1"{{more}}}"""));

    private static string Golden(string name) =>
        Path.Combine(AppContext.BaseDirectory, "LaunchConfigs", "Golden", name);

    private static string? Text(JsonNode? node) => node?.GetValue<string>();

    private static string?[] Texts(JsonNode? list) => [.. list!.AsArray().Select(Text)];
}
