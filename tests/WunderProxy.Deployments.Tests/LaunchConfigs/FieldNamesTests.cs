using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

/// <summary>The engine reads names of fields in any case; what it is sent says what was looked at here.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class FieldNamesTests
{
    [TestCase("""{"env":["A=1"],"Env":["A=2"]}""", "{}", "ContainerConfig.Env")]
    [TestCase("""{"Image":"a","image":"b"}""", "{}", "ContainerConfig.image")]
    [TestCase("""{"Labels":{},"labelS":{}}""", "{}", "ContainerConfig.labelS")]
    [TestCase("""{"Label\u017F":{},"Labels":{}}""", "{}", "ContainerConfig.Labels")]
    [TestCase("""{"X-New":1,"x-new":2}""", "{}", "ContainerConfig.x-new")]
    [TestCase("""{"Healthcheck":{"Test":[],"TEST":[]}}""", "{}", "ContainerConfig.Healthcheck.TEST")]
    [TestCase("{}", """{"Privileged":false,"privileged":true}""", "HostConfig.privileged")]
    [TestCase("{}", """{"restartPolicy":{"Name":"no","name":"always"}}""", "HostConfig.RestartPolicy.name")]
    [TestCase("{}", """{"mounts":[{"type":"bind","Type":"tmpfs"}]}""", "HostConfig.Mounts[0].Type")]
    [TestCase("{}", """{"Mounts":[{"VolumeOptions":{"DriverConfig":{"Name":"","name":"x"}}}]}""", "HostConfig.Mounts[0].VolumeOptions.DriverConfig.name")]
    [TestCase("{}", """{"portBindings":{"80/tcp":[{"HostPort":"1","hostport":"2"}]}}""", "HostConfig.PortBindings.80/tcp[0].hostport")]
    [TestCase("""{"networkingConfig":{"EndpointsConfig":{"n":{"Aliases":[],"aliases":[]}}}}""", "{}", "ContainerConfig.NetworkingConfig.EndpointsConfig.n.aliases")]
    [TestCase("{}", """{"Loc\u212A":1,"lock":2}""", "HostConfig.lock")]
    public void Two_names_that_are_one_to_the_engine_are_refused(string container, string host, string field)
    {
        var thrown = Assert.Throws<InvalidLaunchConfigException>(() => Parse(container, host))!;

        Assert.That((thrown.Field, thrown.Reason), Is.EqualTo((field, thrown.Reason)));
        Assert.That(thrown.Reason, Does.Contain("the same name to the engine"));
    }

    [TestCase("""{"Revision":"r1","revision":"r2"}""", "revision")]
    [TestCase("""{"Revision":"r1","containerConfig":{},"ContainerConfig":{}}""", "ContainerConfig")]
    [TestCase("""{"Revision":"r1","Ho\u017FtConfig":{},"HostConfig":{}}""", "HostConfig")]
    [TestCase("""{"Revision":"r1","HealthCheckPath":"/a","HealthChec\u212APath":"/b"}""", "HealthChec\u212APath")]
    public void Two_names_of_the_launch_config_itself_are_refused(string text, string field) =>
        Assert.That(
            () => LaunchConfig.Parse(Encoding.UTF8.GetBytes(text)),
            Throws.InstanceOf<InvalidLaunchConfigException>().With.Property("Field").EqualTo(field));

    [TestCase("""{"env":["A=1"],"image":"i","labels":{"wunderproxy.app":"x"},"exposedPorts":{"8080/tcp":{}}}""", "{}")]
    [TestCase("""{"ENV":["A=1"],"IMAGE":"i","LABEL\u017F":{"wunderproxy.app":"x"},"expo\u017FedPort\u017F":{"8080/tcp":{}}}""", "{}")]
    public void Fields_in_any_case_are_read_and_rewritten(string container, string host)
    {
        var request = EngineContainerRequest.Build(Parse(container, host), Options());
        var body = request.Body;

        Assert.Multiple(() =>
        {
            Assert.That(request.ContainerPort, Is.EqualTo(8080));
            Assert.That(body["Env"]!.ToJsonString(), Is.EqualTo("""["A=1","DOCKER_IMAGE=sha256:1"]"""));
            Assert.That(body["Image"]!.GetValue<string>(), Is.EqualTo("i"));
            Assert.That(body["Labels"]!["wunderproxy.app"]!.GetValue<string>(), Is.EqualTo("shop"));
            Assert.That(body.Select(field => field.Key), Is.Unique.And.EquivalentTo(new[] { "Env", "Image", "Labels", "ExposedPorts", "HostConfig" }));
        });
    }

    [TestCase("""{"restartPolicy":{"name":"always"}}""", "RestartPolicy", """{"Name":"unless-stopped"}""")]
    [TestCase("""{"autoRemove":true}""", "AutoRemove", "false")]
    [TestCase("""{"CPUSET":"0"}""", "CpusetCpus", "\"0\"")]
    [TestCase("""{"volumesFrom":"data"}""", "VolumesFrom", """["data"]""")]
    [TestCase("""{"portBindings":{"9292/tcp":[{"hostIp":"127.0.0.1","hostPort":"80"}]}}""", "PortBindings", """{"9292/tcp":[{"HostIp":"127.0.0.1","HostPort":"80"}]}""")]
    public void Fields_of_the_host_config_in_any_case_are_rewritten(string host, string name, string value) =>
        Assert.That(
            EngineContainerRequest.Build(Parse("{}", host), Options()).Body["HostConfig"]![name]!.ToJsonString(), Is.EqualTo(value));

    [TestCase("""{"memory":64}""", "Memory", "64")]
    [TestCase("""{"DNS":["10.0.0.1"]}""", "Dns", """["10.0.0.1"]""")]
    [TestCase("""{"portSpecs":["8080:9292"]}""", "PortBindings", """{"9292/tcp":[{"HostIp":"","HostPort":"8080"}]}""")]
    public void Fields_of_2015_in_any_case_are_moved(string container, string name, string value) =>
        Assert.That(
            EngineContainerRequest.Build(Parse(container, "{}"), Options()).Body["HostConfig"]![name]!.ToJsonString(), Is.EqualTo(value));

    [Test]
    public void Network_mode_in_any_case_is_seen() =>
        Assert.That(
            EngineContainerRequest.Build(Parse("{}", """{"networkmode":"host"}"""), Options()).Body["HostConfig"]!.AsObject()
                .ContainsKey("PortBindings"),
            Is.False);

    [Test]
    public void Keys_of_maps_stay_as_they_are()
    {
        const string Container = """
            {"Labels":{"A":"1","a":"2","name":"3"},"Volumes":{"/Data":{},"/data":{}}}
            """;
        const string Host = """
            {"Sysctls":{"a":"1","A":"2"},"Tmpfs":{"/a":"","/A":""},"StorageOpt":{"size":"1","Size":"2"},
             "Annotations":{"x":"1","X":"2"},"LogConfig":{"Config":{"tag":"a","Tag":"b"}},
             "Mounts":[{"Type":"volume","VolumeOptions":{"Labels":{"l":"1","L":"2"},"DriverConfig":{"Options":{"o":"1","O":"2"}}}}]}
            """;

        var config = Parse(Container, Host);

        Assert.That(JsonNode.DeepEquals(config.CopyContainerConfig(), JsonNode.Parse(Container)), Is.True);
        Assert.That(JsonNode.DeepEquals(config.CopyHostConfig(), JsonNode.Parse(Host)), Is.True);
    }

    [Test]
    public void Bytes_and_identity_stay_what_they_were()
    {
        var bytes = """{"revision":"r1","hostConfig":{"memory":1}}"""u8.ToArray();

        var config = LaunchConfig.Parse(bytes);

        Assert.That(config.Bytes.ToArray(), Is.EqualTo(bytes));
        Assert.That(config.Hash, Is.EqualTo(LaunchConfigHash.Of(bytes)));
    }

    [Test]
    public void Host_config_inside_the_container_config_would_be_lost() =>
        Assert.That(
            () => Parse("""{"hostconfig":{"Memory":1}}""", "{}"),
            Throws.InstanceOf<InvalidLaunchConfigException>().With.Property("Field").EqualTo("ContainerConfig.HostConfig"));

    [TestCase("""{"Labels":["a"]}""", "{}", "ContainerConfig.Labels")]
    [TestCase("""{"ExposedPorts":["80/tcp"]}""", "{}", "ContainerConfig.ExposedPorts")]
    [TestCase("{}", """{"PortBindings":["80/tcp"]}""", "HostConfig.PortBindings")]
    public void Field_of_another_type_is_not_replaced_in_silence(string container, string host, string field) =>
        Assert.That(
            () => EngineContainerRequest.Build(Parse(container, host), Options()),
            Throws.InstanceOf<InvalidLaunchConfigException>().With.Property("Field").EqualTo(field));

    private static EngineContainerOptions Options() => new()
    {
        ImageName = "localhost:8080/shop:r1",
        ImageId = "sha256:1",
        Labels = new ContainerLabels("shop", "b/p", LaunchConfigHash.Of("h"u8), "r1", "c"),
    };

    private static LaunchConfig Parse(string container, string host) => LaunchConfig.Parse(
        Encoding.UTF8.GetBytes($$"""{"ContainerConfig":{{container}},"HostConfig":{{host}},"Revision":"r1"}"""));
}
