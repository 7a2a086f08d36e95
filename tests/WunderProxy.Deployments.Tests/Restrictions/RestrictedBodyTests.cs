using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Restrictions;

namespace WunderProxy.Deployments.Tests.Restrictions;

/// <summary>What <c>--restrict</c> lets pass: the listed fields with harmless values, and nothing else.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed partial class RestrictedBodyTests
{
    private static IEnumerable<string> EngineFields => File.ReadLines(
        Path.Combine(AppContext.BaseDirectory, "LaunchConfigs", "Golden", "create-body-1.52.txt")).Where(line => !line.StartsWith('#'));

    private static IEnumerable<string> UnlistedFields => EngineFields.Where(name => !IsListed(name));

    [Test]
    public void Every_field_of_the_engine_is_known_by_its_place() => Assert.Multiple(() =>
    {
        foreach (var field in EngineFields)
        {
            var type = EngineSchema.CreateBody;
            foreach (var name in field.Replace("[]", ".[]").Split('.'))
            {
                type = name switch
                {
                    "*" => type?.Values,
                    "[]" => type?.Items,
                    _ => type?.Find(name)?.Type,
                };
            }

            Assert.That(type, Is.Not.Null, field);
        }
    });

    [TestCaseSource(nameof(UnlistedFields))]
    public void Field_that_is_not_listed_is_refused_by_name(string field)
    {
        JsonNode? value = "x";
        foreach (var name in field.Replace("[]", ".[]").Split('.').Reverse())
        {
            value = name switch
            {
                "[]" => new JsonArray(value),
                "*" => new JsonObject { ["net"] = value },
                _ => new JsonObject { [name] = value },
            };
        }

        var thrown = Assert.Throws<RestrictedFieldException>(() => Demand(value!.AsObject()))!;

        var shown = field.StartsWith("HostConfig.", StringComparison.Ordinal) ? field : $"ContainerConfig.{field}";
        Assert.That(shown.Replace("[]", "[0]"), Does.StartWith(thrown.Field.Replace(".net", ".*")), thrown.Message);
    }

    [Test]
    public void Page_lists_the_fields_that_are_allowed()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "reference.md"));
        var section = page[page.IndexOf("## Fields under", StringComparison.Ordinal)..];

        var documented = FieldName().Matches(section).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal);

        Assert.That(documented, Is.EquivalentTo(RestrictedFields.Rules.Keys));
    }

    [TestCase("""{"Env":["A=1"],"Cmd":["x"],"Image":"i","Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}},"User":"root","Hostname":"h"}""")]
    [TestCase("""{"Volumes":{"/data":{}},"Healthcheck":{"Test":["CMD","x"]},"StopTimeout":3}""")]
    [TestCase("""{"HostConfig":{"Privileged":false,"PidMode":"","Devices":[],"Sysctls":null,"OomKillDisable":false,"Runtime":""}}""")]
    [TestCase("""{"HostConfig":{"MaskedPaths":null,"ReadonlyPaths":null,"SecurityOpt":["no-new-privileges:true"]}}""")]
    [TestCase("""{"HostConfig":{"CapDrop":["ALL"],"CapAdd":["CAP_NET_BIND_SERVICE","chown"],"Memory":1,"PidsLimit":100}}""")]
    [TestCase("""{"HostConfig":{"LogConfig":{"Type":"json-file","Config":{"max-size":"1m"}},"RestartPolicy":{"Name":"unless-stopped"}}}""")]
    [TestCase("""{"HostConfig":{"Binds":["shop-data:/data","shop-logs:/l:ro,nocopy","/anonymous"]}}""")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"volume","Source":"shop-data","Target":"/d","VolumeOptions":{"DriverConfig":{"Name":"local","Options":{}}}}]}}""")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1}}],"Tmpfs":{"/t":"rw,noexec,size=1m"}}}""")]
    [TestCase("""{"HostConfig":{"NetworkMode":"backend"}}""")]
    [TestCase("""{"HostConfig":{"NetworkMode":"bridge","IpcMode":"private","CgroupnsMode":"private","OomScoreAdj":500}}""")]
    [TestCase("""{"NetworkingConfig":{"EndpointsConfig":{"backend":{"Aliases":null}}}}""")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":""}],"81/tcp":[{"HostIp":"::1","HostPort":"81"}],"82/tcp":null}}}""")]
    [TestCase("""{"HostConfig":{"PortBindings":{"443/tcp":[{"HostIp":"","HostPort":"8443"}]}}}""")]
    public void Harmless_body_passes(string body) => Assert.That(() => Demand(Parse(body)), Throws.Nothing);

    [TestCase("""{"HostConfig":{"MaskedPaths":[]}}""", "HostConfig.MaskedPaths")]
    [TestCase("""{"HostConfig":{"ReadonlyPaths":[]}}""", "HostConfig.ReadonlyPaths")]
    [TestCase("""{"HostConfig":{"Privileged":true}}""", "HostConfig.Privileged")]
    [TestCase("""{"HostConfig":{"PublishAllPorts":true}}""", "HostConfig.PublishAllPorts")]
    [TestCase("""{"HostConfig":{"OomKillDisable":true}}""", "HostConfig.OomKillDisable")]
    [TestCase("""{"HostConfig":{"PidMode":"host"}}""", "HostConfig.PidMode")]
    [TestCase("""{"HostConfig":{"PidMode":"container:db"}}""", "HostConfig.PidMode")]
    [TestCase("""{"HostConfig":{"IpcMode":"container:db"}}""", "HostConfig.IpcMode")]
    [TestCase("""{"HostConfig":{"IpcMode":"shareable"}}""", "HostConfig.IpcMode")]
    [TestCase("""{"HostConfig":{"UTSMode":"host"}}""", "HostConfig.UTSMode")]
    [TestCase("""{"HostConfig":{"UsernsMode":"host"}}""", "HostConfig.UsernsMode")]
    [TestCase("""{"HostConfig":{"CgroupnsMode":"host"}}""", "HostConfig.CgroupnsMode")]
    [TestCase("""{"HostConfig":{"NetworkMode":"host"}}""", "HostConfig.NetworkMode")]
    [TestCase("""{"HostConfig":{"NetworkMode":"container:db"}}""", "HostConfig.NetworkMode")]
    [TestCase("""{"HostConfig":{"NetworkMode":"3f2a"}}""", "HostConfig.NetworkMode")]
    [TestCase("""{"HostConfig":{"NetworkMode":["host"]}}""", "HostConfig.NetworkMode")]
    [TestCase("""{"NetworkingConfig":{"EndpointsConfig":{"host":{}}}}""", "ContainerConfig.NetworkingConfig.EndpointsConfig")]
    [TestCase("""{"NetworkingConfig":{"EndpointsConfig":{"backend":{"Aliases":["db"]}}}}""", "ContainerConfig.NetworkingConfig.EndpointsConfig")]
    [TestCase("""{"Hostname":"db","HostConfig":{"NetworkMode":"backend"}}""", "ContainerConfig.Hostname")]
    [TestCase("""{"HostConfig":{"SecurityOpt":["seccomp=unconfined"]}}""", "HostConfig.SecurityOpt")]
    [TestCase("""{"HostConfig":{"SecurityOpt":["no-new-privileges","apparmor:unconfined"]}}""", "HostConfig.SecurityOpt")]
    [TestCase("""{"HostConfig":{"CapAdd":["SYS_ADMIN"]}}""", "HostConfig.CapAdd")]
    [TestCase("""{"HostConfig":{"CapAdd":["ALL"]}}""", "HostConfig.CapAdd")]
    [TestCase("""{"HostConfig":{"OomScoreAdj":-500}}""", "HostConfig.OomScoreAdj")]
    [TestCase("""{"HostConfig":{"Ulimits":[{"Name":"rtprio","Soft":99,"Hard":99}]}}""", "HostConfig.Ulimits[0].Name")]
    [TestCase("""{"HostConfig":{"LogConfig":{"Type":"syslog"}}}""", "HostConfig.LogConfig.Type")]
    [TestCase("""{"HostConfig":{"LogConfig":{"Config":{"syslog-address":"udp://10.0.0.1"}}}}""", "HostConfig.LogConfig.Config")]
    [TestCase("""{"HostConfig":{"Tmpfs":{"/t":"rw,suid"}}}""", "HostConfig.Tmpfs")]
    [TestCase("""{"HostConfig":{"VolumesFrom":["db"]}}""", "HostConfig.VolumesFrom")]
    [TestCase("""{"HostConfig":{"VolumeDriver":"rexray"}}""", "HostConfig.VolumeDriver")]
    [TestCase("""{"VolumeDriver":"local"}""", "ContainerConfig.VolumeDriver")]
    [TestCase("""{"Volumes":{"/etc:/x":{}}}""", "ContainerConfig.Volumes")]
    [TestCase("""{"HostConfig":{"Binds":["other-data:/data"]}}""", "HostConfig.Binds")]
    [TestCase("""{"HostConfig":{"Binds":["shop-:/data"]}}""", "HostConfig.Binds")]
    [TestCase("""{"HostConfig":{"Binds":["shop-data:/data:rshared"]}}""", "HostConfig.Binds")]
    [TestCase("""{"HostConfig":{"Binds":["shop-data:/data","/etc:/x"]}}""", "HostConfig.Binds")]
    [TestCase("""{"HostConfig":{"Binds":["../etc:/x"]}}""", "HostConfig.Binds")]
    [TestCase("""{"HostConfig":{"Binds":["shop-a:/b:ro:c"]}}""", "HostConfig.Binds")]
    [TestCase("""{"HostConfig":{"Binds":[{"x":1}]}}""", "HostConfig.Binds")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/etc","Target":"/x"}]}}""", "HostConfig.Mounts[0].Source")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"volume","Source":"other","Target":"/x"}]}}""", "HostConfig.Mounts[0].Source")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Source":"/etc","Target":"/x"}]}}""", "HostConfig.Mounts[0].Source")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"npipe"}]}}""", "HostConfig.Mounts[0].Type")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"cluster"}]}}""", "HostConfig.Mounts[0].Type")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"image","Source":"other:1"}]}}""", "HostConfig.Mounts[0].Type")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"volume","Target":"/x","VolumeOptions":{"DriverConfig":{"Name":"local","Options":{"type":"none","o":"bind","device":"/"}}}}]}}""", "HostConfig.Mounts[0].VolumeOptions.DriverConfig.Options")]
    [TestCase("""{"HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"/x","BindOptions":{"Propagation":"rshared"}}]}}""", "HostConfig.Mounts[0].BindOptions.Propagation")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"80"}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":"80"}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8443-8450"}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[null]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[null,{"HostIp":"127.0.0.1","HostPort":""}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"127.1","HostPort":""}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"2130706433","HostPort":""}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"0x7f.0.0.1","HostPort":""}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"127.0.0.01","HostPort":""}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"[::1]","HostPort":""}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"::1%1","HostPort":""}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":" 127.0.0.1","HostPort":""}]}}}""", "HostConfig.PortBindings")]
    [TestCase("""{"HostConfig":{"NewInNextVersion":{"a":1}}}""", "HostConfig.NewInNextVersion")]
    [TestCase("""{"NewInNextVersion":1}""", "ContainerConfig.NewInNextVersion")]
    public void Harmful_body_is_refused_by_field(string body, string field) => Assert.That(
        () => Demand(Parse(body)), Throws.InstanceOf<RestrictedFieldException>().With.Property("Field").EqualTo(field));

    [Test]
    public void Own_port_is_published_where_the_engine_is_elsewhere() =>
        Assert.That(
            () => Demand(Parse("""{"HostConfig":{"PortBindings":{"9292/tcp":[{"HostIp":"","HostPort":""}]}}}"""), publishAddress: ""),
            Throws.Nothing);

    private static void Demand(JsonObject body, string publishAddress = "127.0.0.1")
    {
        var restriction = new LaunchRestriction { Ports = [8443] };
        var binds = new BindPaths(restriction.BindDirectories, DockerEndpoint.Parse("unix:///run/docker.sock"));
        RestrictedBody.Demand(new RestrictionScope("shop", restriction, binds, publishAddress, body));
    }

    private static bool IsListed(string field)
    {
        var path = field.StartsWith("HostConfig.", StringComparison.Ordinal) ? field : $"ContainerConfig.{field}";
        path = path.Replace("[]", "");
        return RestrictedFields.Rules.Keys.Any(
            rule => path == rule || (path.StartsWith(rule + ".", StringComparison.Ordinal) && !rule.EndsWith("EndpointsConfig", StringComparison.Ordinal)));
    }

    private static JsonObject Parse(string body) => JsonNode.Parse(body)!.AsObject();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WunderProxy.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"`(?<name>(ContainerConfig|HostConfig)(\.[A-Za-z0-9]+)+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldName();
}
