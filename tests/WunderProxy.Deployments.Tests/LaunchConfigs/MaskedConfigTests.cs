using System.Text;
using System.Text.Json.Nodes;
using WunderProxy.Deployments.LaunchConfigs;

namespace WunderProxy.Deployments.Tests.LaunchConfigs;

/// <summary>What anybody sees of a launch config: no text that is not known to be harmless.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MaskedConfigTests
{
    [TestCase("""{"Env":["A=hidden","FLAG","T="]}""", """{"Env":["A=***","FLAG","T=***"]}""")]
    [TestCase("""{"Env":["hidden://u:hidden@h/","hidden","FLAG_2"]}""", """{"Env":["***","***","FLAG_2"]}""")]
    [TestCase("""{"env":["A=hidden"]}""", """{"env":["A=***"]}""")]
    [TestCase("""{"Cmd":["--password","hidden"],"Entrypoint":"hidden"}""", """{"Cmd":["***","***"],"Entrypoint":"***"}""")]
    [TestCase("""{"Labels":{"a":"hidden"}}""", """{"Labels":{"a":"***"}}""")]
    [TestCase("""{"Labels":{"Image":"hidden"}}""", """{"Labels":{"Image":"***"}}""")]
    [TestCase("""{"Healthcheck":{"Test":["CMD","hidden"],"Retries":3}}""", """{"Healthcheck":{"Test":["***","***"],"Retries":3}}""")]
    [TestCase("""{"New":{"x":["hidden",1,true,null,""]}}""", """{"New":{"x":["***",1,true,null,""]}}""")]
    [TestCase("""{"Image":"shop:1","STOPSIGNAL":"SIGINT"}""", """{"Image":"shop:1","STOPSIGNAL":"SIGINT"}""")]
    [TestCase("""{"image":"hidden://u:hidden@h/x"}""", """{"image":"hidden://u:***@h/x"}""")]
    public void Texts_of_the_container_config_are_masked(string config, string masked) =>
        AssertMasked($$"""{"ContainerConfig":{{config}}}""", $$"""{"ContainerConfig":{{masked}}}""");

    [TestCase("""{"LogConfig":{"Type":"splunk","Config":{"splunk-token":"hidden"}}}""", """{"LogConfig":{"Type":"splunk","Config":{"splunk-token":"***"}}}""")]
    [TestCase("""{"Binds":["/hidden:/x"],"Memory":1}""", """{"Binds":["***"],"Memory":1}""")]
    [TestCase("""{"Mounts":[{"Type":"bind","Source":"/hidden","VolumeOptions":{"DriverConfig":{"Options":{"o":"hidden"}}}}]}""", """{"Mounts":[{"Type":"bind","Source":"***","VolumeOptions":{"DriverConfig":{"Options":{"o":"***"}}}}]}""")]
    [TestCase("""{"PortBindings":{"80/tcp":[{"HostIp":"10.0.0.1","HostPort":"80"}]}}""", """{"PortBindings":{"80/tcp":[{"HostIp":"***","HostPort":"80"}]}}""")]
    [TestCase("""{"RestartPolicy":{"Name":"always"},"CapAdd":["NET_RAW"]}""", """{"RestartPolicy":{"Name":"always"},"CapAdd":["NET_RAW"]}""")]
    public void Texts_of_the_host_config_are_masked(string config, string masked) =>
        AssertMasked($$"""{"HostConfig":{{config}}}""", $$"""{"HostConfig":{{masked}}}""");

    [Test]
    public void Texts_beside_them_are_masked() => AssertMasked(
        """{"Revision":"r1","HealthCheckPath":"/up?token=hidden","ImageBucket":"hidden","ForceReload":true,"Note":"hidden"}""",
        """{"Revision":"r1","HealthCheckPath":"***","ImageBucket":"***","ForceReload":true,"Note":"***"}""");

    private static void AssertMasked(string config, string masked)
    {
        var written = Encoding.UTF8.GetString(MaskedConfig.Of(Encoding.UTF8.GetBytes(config)).Span);

        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(written), JsonNode.Parse(masked)), Is.True, written);
    }
}
